using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Harness.Tests.Postgres;

public sealed class TcpProxyTests : IAsyncLifetime
{
    private readonly EchoServer _server = new();
    private readonly TcpProxy _proxy;

    public TcpProxyTests() => _proxy = TcpProxy.Start(_server.EndPoint);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_pass_unchanged_and_round_trips_are_counted()
    {
        const int Seed = 3;
        var sent = new byte[1_000_000];
        new Random(Seed).NextBytes(sent);
        using var first = await ConnectAsync();
        using var second = await ConnectAsync();
        for (var i = 0; i < 5; i++) Assert.Equal([(byte)i], await ExchangeAsync(first, [(byte)i]));
        for (var i = 0; i < 2; i++) await ExchangeAsync(second, [1, 2, 3]);

        Assert.Equal(7, _proxy.RoundTrips);
        Assert.Equal([5L, 2L], _proxy.Connections.Select(connection => connection.RoundTrips));
        Assert.Equal(6, _proxy.Connections[1].BytesToClient);
        Assert.Equal(sent, await ExchangeAsync(first, sent));
        Assert.Equal(sent.Length + 5, _proxy.Connections[0].BytesToServer);
    }

    [Fact]
    public async Task A_side_that_closes_is_seen_as_closed_by_the_other()
    {
        using var client = await ConnectAsync();
        await ExchangeAsync(client, [1]);

        client.Shutdown(SocketShutdown.Send);

        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        Assert.Equal((1, false), await _server.EndOf(0));
        await _proxy.Connections[0].Completion.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(_proxy.Connections[0].IsOpen);
    }

    [Fact]
    public async Task Cutting_resets_all_connections_on_both_sides_and_new_ones_work()
    {
        using var first = await ConnectAsync();
        using var second = await ConnectAsync();
        await ExchangeAsync(first, [1]);
        await ExchangeAsync(second, [1]);

        _proxy.CutAll();

        await AssertResetAsync(first);
        await AssertResetAsync(second);
        Assert.Equal((1, true), await _server.EndOf(0));
        Assert.Equal((1, true), await _server.EndOf(1));
        using var third = await ConnectAsync();
        Assert.Equal([9], await ExchangeAsync(third, [9]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(200_000)]
    public async Task A_cut_after_some_bytes_lets_just_those_through(int bytes)
    {
        using var client = await ConnectAsync();
        await ExchangeAsync(client, [1, 2, 3]);
        using var bystander = await ConnectAsync();
        await ExchangeAsync(bystander, [1]);
        var cut = _proxy.CutAfter(ProxyDirection.ToServer, bytes);

        var sending = client.SendAsync(new byte[200_000]);

        await cut;
        var (received, _) = await _server.EndOf(0);
        Assert.Equal(3 + bytes, received);
        await AssertResetAsync(bystander);
        await Record.ExceptionAsync(() => sending);
        await AssertResetAsync(client);
    }

    // Goal: the moment in which a server has done what the client never hears of.
    [Fact]
    public async Task A_cut_before_the_answer_lets_the_request_through()
    {
        using var client = await ConnectAsync();
        await ExchangeAsync(client, [1]);
        var cut = _proxy.CutAfter(ProxyDirection.ToClient, 0);

        await client.SendAsync(new byte[] { 7, 8 });

        await cut;
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        Assert.Equal((3, true), await _server.EndOf(0));
        Assert.Equal(1, _proxy.Connections[0].BytesToClient);
    }

    [Fact]
    public async Task Connections_are_refused_and_accepted_again_on_the_same_port()
    {
        using var open = await ConnectAsync();
        var port = _proxy.Port;
        for (var i = 0; i < 20; i++)
        {
            _proxy.RefuseConnections();
            var refused = await Assert.ThrowsAsync<SocketException>(ConnectAsync);
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
            _proxy.AcceptConnections();
            using var client = await ConnectAsync();
            Assert.Equal([1], await ExchangeAsync(client, [1]));
        }

        Assert.Equal(port, _proxy.Port);
        Assert.Equal([2], await ExchangeAsync(open, [2]));
    }

    // Goal: a process that is just being started has a copy of every socket for a moment, the listening one included.
    [Fact]
    public async Task Connections_are_refused_while_processes_are_started()
    {
        using var ended = new CancellationTokenSource();
        var starting = Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                using var process = Process.Start("true");
                process.WaitForExit();
            }
        });
        try
        {
            for (var i = 0; i < 500; i++)
            {
                _proxy.RefuseConnections();
                await Assert.ThrowsAsync<SocketException>(ConnectAsync);
                _proxy.AcceptConnections();
            }
        }
        finally
        {
            await ended.CancelAsync();
            await starting;
        }
    }

    [Fact]
    public async Task A_stalled_proxy_forwards_nothing_until_it_resumes()
    {
        using var client = await ConnectAsync();
        await ExchangeAsync(client, [1]);
        var other = TcpProxy.Start(_server.EndPoint);
        _proxy.Stall();
        var stalled = ExchangeAsync(client, [2, 3]);

        // Not a wait for something to not happen: the other proxy's exchanges take as long as this one's would.
        using (var beside = await ConnectAsync(other))
            for (var i = 0; i < 100; i++) await ExchangeAsync(beside, [1]);
        await other.DisposeAsync();

        Assert.False(stalled.IsCompleted);
        Assert.Equal(1, _proxy.Connections[0].BytesToServer);
        _proxy.Resume();
        Assert.Equal([2, 3], await stalled);
    }

    [Fact]
    public async Task A_stalled_connection_can_be_cut()
    {
        using var client = await ConnectAsync();
        await ExchangeAsync(client, [1]);
        _proxy.Stall();
        await client.SendAsync(new byte[] { 2 });

        _proxy.CutAll();

        await AssertResetAsync(client);
        Assert.Equal((1, true), await _server.EndOf(0));
    }

    [Fact]
    public async Task A_server_that_is_down_resets_the_client()
    {
        await _server.DisposeAsync();

        var failure = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await ConnectAsync(); // may succeed: the proxy is not down
            await client.ReceiveAsync(new byte[1]);
        });

        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    private static async Task<Socket> ConnectAsync(TcpProxy proxy)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port));
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task<byte[]> ExchangeAsync(Socket client, byte[] bytes)
    {
        var sending = client.SendAsync(bytes);
        var received = new byte[bytes.Length];
        for (var count = 0; count < received.Length;)
        {
            var more = await client.ReceiveAsync(received.AsMemory(count));
            Assert.True(more > 0, "The connection was closed.");
            count += more;
        }

        await sending;
        return received;
    }

    private static async Task AssertResetAsync(Socket client)
    {
        var failure = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await client.ReceiveAsync(new byte[4096]) > 0)
            {
                // answers that came before the cut
            }
        });
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    private Task<Socket> ConnectAsync() => ConnectAsync(_proxy);
}
