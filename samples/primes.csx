// Looks for primes until it is interrupted, then says how far it came.
var primes = new List<int>();
try
{
    for (var n = 2; ; n++)
    {
        if (primes.TakeWhile(p => p * p <= n).All(p => n % p != 0)) primes.Add(n);
    }
}
finally
{
    Console.WriteLine($"{primes.Count} primes so far; the last one is {primes[^1]}");
}
