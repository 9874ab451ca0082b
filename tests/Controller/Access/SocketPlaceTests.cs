using System.Net.Sockets;
using ProcInterrupt.Launch;
using Xunit;

namespace ProcInterrupt.Tests.Controller.Access;

/// <summary>Where the socket is: nobody else can reach it, foresee it, or put something in its place.</summary>
[Collection(WorkerProcessesCollection.Name)]
public sealed class SocketPlaceTests(WorkerProcesses processes) : IAsyncLifetime
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("pi-place-");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        place.Delete(recursive: true);
        await processes.AssertNothingIsLeft();
    }

    [Fact]
    public void A_name_is_not_to_be_guessed()
    {
        using var first = SocketFolder.Choose();
        first.Make();
        using var second = SocketFolder.Choose();
        second.Make();
        Assert.Matches("/procinterrupt-[0-9a-f]{32}/s$", first.SocketPath);
        Assert.NotEqual(first.SocketPath, second.SocketPath);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.GetDirectoryName(first.SocketPath)!));
    }

    [Fact]
    public void What_is_there_already_is_not_used()
    {
        var target = place.CreateSubdirectory("target").FullName;
        var path = Path.Combine(place.FullName, "name");

        File.WriteAllText(path, "");
        Assert.Equal("it exists already", Posix.MakeFolder(path));
        File.Delete(path);

        File.CreateSymbolicLink(path, target);
        Assert.Equal("it exists already", Posix.MakeFolder(path));
        File.Delete(path);

        File.CreateSymbolicLink(path, Path.Combine(place.FullName, "nowhere"));
        Assert.Equal("it exists already", Posix.MakeFolder(path));
        File.Delete(path);

        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            Assert.Equal("it exists already", Posix.MakeFolder(path));
        }

        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.Equal("it exists already", Posix.MakeFolder(path));
    }

    [Fact]
    public void A_folder_of_ones_own_is_trusted_and_so_is_slash_tmp()
    {
        Assert.Null(TrustedFolder.DescribeFault(place.FullName));
        Assert.Null(TrustedFolder.DescribeFault("/tmp"));
    }

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_folder_that_others_may_write_to_is_not(UnixFileMode more)
    {
        File.SetUnixFileMode(place.FullName, OwnerOnly | more);
        Assert.Equal("others may write to it", TrustedFolder.DescribeFault(place.FullName));

        // Nor one inside it, nor a link to that.
        var inside = place.CreateSubdirectory("inside").FullName;
        Assert.Equal($"{place.FullName}: others may write to it", TrustedFolder.DescribeFault(inside));
        var links = Directory.CreateTempSubdirectory("pi-links-");
        try
        {
            var link = Path.Combine(links.FullName, "link");
            File.CreateSymbolicLink(link, inside);
            Assert.Contains("others may write to it", TrustedFolder.DescribeFault(link), StringComparison.Ordinal);
        }
        finally
        {
            links.Delete(recursive: true);
        }

        File.SetUnixFileMode(place.FullName, OwnerOnly | more | UnixFileMode.StickyBit);
        Assert.Null(TrustedFolder.DescribeFault(place.FullName));
    }

    [Fact]
    public void A_folder_of_another_user_is_not()
    {
        // Root's own, looked at by whoever runs this, is fine; giving one away takes root.
        Assert.Null(TrustedFolder.DescribeFault("/"));
        if (AnotherUser.IsAvailable)
        {
            AnotherUser.Give(place.FullName);
            Assert.Equal("it belongs to another user", TrustedFolder.DescribeFault(place.FullName));
            Assert.Contains("it belongs to another user", TrustedFolder.DescribeFault(place.CreateSubdirectory("inside").FullName), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_place_that_others_may_write_to_is_passed_over()
    {
        File.SetUnixFileMode(place.FullName, OwnerOnly | UnixFileMode.OtherWrite);
        var before = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", place.FullName);
        try
        {
            using var folder = SocketFolder.Choose();
            folder.Make();
            Assert.DoesNotContain(place.FullName, folder.SocketPath, StringComparison.Ordinal);
            await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo"));
            Assert.Equal("1", (await worker.RunAsync("fake", "1")).Value!.Text);
        }
        finally
        {
            Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", before);
        }
    }

    [Fact]
    public async Task While_a_worker_starts_nobody_else_can_connect_and_afterwards_nobody_at_all()
    {
        using var cancel = new CancellationTokenSource();
        var starting = Worker.StartAsync(FakeWorkerOptions.For("never-connects"), cancel.Token);
        FileSystemInfo? folder;
        while ((folder = processes.SocketPlace.EnumerateDirectories().SingleOrDefault()) is null || !File.Exists(Path.Combine(folder.FullName, "s")))
        {
            await Task.Delay(10);
        }

        var socket = Path.Combine(folder.FullName, "s");
        Assert.Equal(OwnerOnly, folder.UnixFileMode);
        if (AnotherUser.IsAvailable)
        {
            var result = await AnotherUser.RunAsync("/usr/bin/python3", "-c", "import socket, sys\nsocket.socket(socket.AF_UNIX).connect(sys.argv[1])", socket);
            Assert.Contains("PermissionError", result.Error, StringComparison.Ordinal);
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);

        await using var worker = await Worker.StartAsync(FakeWorkerOptions.For("echo"));
        var name = (await File.ReadAllLinesAsync("/proc/net/unix")).First(line => line.Contains(processes.SocketPlace.FullName, StringComparison.Ordinal)).Split(' ')[^1];
        using var second = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Assert.ThrowsAny<SocketException>(() => second.Connect(new UnixDomainSocketEndPoint(name)));
        Assert.Equal("1", (await worker.RunAsync("fake", "1")).Value!.Text);
    }
}
