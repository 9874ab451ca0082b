using ProcInterrupt.Tests.Soak;

namespace ProcInterrupt.Tests;

/// <summary>What the tests are as a program by themselves: the soak. (A test host loads them and does not come here.)</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["soak", .. var rest])
        {
            return await SoakCommand.RunAsync(rest, Console.Out);
        }

        await Console.Error.WriteLineAsync("Known: soak. The tests are run by test.sh.");
        return 2;
    }
}
