namespace ProcInterrupt.Tests.Faults;

/// <summary>C# programs whose end is known whatever stops the processes meanwhile.</summary>
internal static class FaultPrograms
{
    public const int DeadlineMillis = 40;

    /// <summary>Ends by itself, with this value.</summary>
    public const string Sum = "long sum = 0; for (var i = 0; i < 20_000_000; i++) sum += i; sum";

    public const string SumValue = "199999990000000";

    /// <summary>Prints so many lines and ends by itself.</summary>
    public const string Print = "for (var i = 0; i < 2000; i++) Console.WriteLine(i);";

    public const int PrintedLines = 2000;

    /// <summary>Ends when it is interrupted, whoever does that.</summary>
    public const string Spin = "while (true) ;";
}
