// A signal asks the loop how far it is, and the loop goes on; Ctrl+C ends it in its own way.
var total = 0L;
Interrupt.Handle(Signal.User1, signal => Console.WriteLine($"{signal}: the total is {total}"));
try
{
    while (true) total++;
}
catch (KeyboardInterruptException)
{
    Console.WriteLine("stopping, as asked");
}
