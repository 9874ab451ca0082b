using ProcInterrupt;

await using var worker = await Worker.StartAsync();
await worker.RunAsync("csharp", "var found = new List<int>();");

// A search that never ends by itself; it says when it has found a thousand.
var search = worker.Run("csharp", """
    for (var n = 2; ; n++)
    {
        if (!found.TakeWhile(p => p * p <= n).All(p => n % p != 0)) continue;
        found.Add(n);
        if (found.Count == 1000) Console.WriteLine("a thousand");
    }
    """);
await foreach (var e in search.Events)
{
    if (e is OutputEvent) break;
}

var receipt = await search.InterruptAsync();
Console.WriteLine($"{receipt.Status} after {receipt.ReportedMicros} us");

// It was interrupted, not killed: what it found is still there.
var count = await worker.RunAsync("csharp", "found.Count");
Console.WriteLine($"{count.Value!.Text} primes were found");
