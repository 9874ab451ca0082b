using System.Net;
using System.Net.Sockets;
using Xunit;

namespace ProcInterrupt.Tests.EndToEnd;

/// <summary>A server that takes connections and never answers: what is awaited is interrupted, what is blocked in a system call is ended by the kill.</summary>
public sealed class NetworkTests : IClassFixture<WorkerFixture>, IDisposable
{
    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private readonly WorkerFixture fixture;
    private readonly int port;

    public NetworkTests(WorkerFixture fixture)
    {
        this.fixture = fixture;
        server.Start();
        port = ((IPEndPoint)server.LocalEndpoint).Port;
    }

    public void Dispose() => server.Dispose();

    [Theory]
    [InlineData("using var http = new HttpClient(); Console.Write(\"go\"); await http.GetStringAsync(address);")]
    [InlineData("var http = new HttpClient(); Console.Write(\"go\"); _ = http.GetStringAsync(address).Result;")]
    [InlineData("var http = new HttpClient { Timeout = TimeSpan.FromHours(1) }; Console.Write(\"go\"); (await http.GetAsync(address)).EnsureSuccessStatusCode();")]
    [InlineData("var client = new System.Net.Sockets.TcpClient(\"127.0.0.1\", port); Console.Write(\"go\"); await client.GetStream().ReadAsync(new byte[1]);")]
    [InlineData("var client = new System.Net.Sockets.TcpClient(\"127.0.0.1\", port); Console.Write(\"go\"); client.GetStream().ReadAsync(new byte[1]).AsTask().Wait();")]
    [InlineData("var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0); listener.Start(); Console.Write(\"go\"); try { await listener.AcceptTcpClientAsync(); } finally { listener.Stop(); }")]
    public Task What_is_awaited_is_interrupted(string code) =>
        fixture.Worker.InterruptManyTimesAsync(Program(code.Replace("using var", "var", StringComparison.Ordinal)));

    [Theory]
    [InlineData("var client = new System.Net.Sockets.TcpClient(\"127.0.0.1\", port); Console.Write(\"go\"); client.GetStream().Read(new byte[1]);")]
    [InlineData("var socket = new System.Net.Sockets.TcpClient(\"127.0.0.1\", port).Client; Console.Write(\"go\"); socket.Receive(new byte[1]);")]
    [InlineData("var http = new HttpClient(); Console.Write(\"go\"); http.Send(new HttpRequestMessage(HttpMethod.Get, address));")]
    public async Task A_system_call_that_no_signal_wakes_is_ended_with_its_worker_and_the_receipt_says_so(string code)
    {
        await using var worker = await Worker.StartAsync();
        var run = worker.Run("csharp", Program(code));
        await run.PrintedAsync("go");
        var receipt = await run.StopAsync(new StopPolicy { SignalGrace = TimeSpan.FromMilliseconds(200), InsistGrace = TimeSpan.FromMilliseconds(100), HighestRung = InterruptRung.Terminate }).Soon();
        Assert.Equal((ReceiptStatus.Terminated, InterruptRung.Terminate, false), (receipt.Status, receipt.Rung, receipt.StatePreserved));
        Assert.Equal(RunOutcome.Terminated, (await run.Completion.Soon()).Outcome);
    }

    private string Program(string code) => $"using System.Net.Http; var port = {port}; var address = \"http://127.0.0.1:{port}/\"; {code}";
}
