using System.Net;
using System.Net.Sockets;

namespace VectorCluster.Harness.Tests.Postgres;

/// <summary>Sends back whatever it gets, and remembers how each connection ended.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Task<(int Bytes, bool WasReset)>> _connections = [];
    private readonly Task _accepting;

    public EchoServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndpoint;

    /// <summary>Of the connection with this number, once it has ended.</summary>
    public Task<(int Bytes, bool WasReset)> EndOf(int connection)
    {
        lock (_connections) return _connections[connection];
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
    }

    private static async Task<(int Bytes, bool WasReset)> EchoAsync(TcpClient client)
    {
        using var connection = client;
        var buffer = new byte[4096];
        var bytes = 0;
        try
        {
            while (await connection.Client.ReceiveAsync(buffer) is var count and > 0)
            {
                bytes += count;
                await connection.Client.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (SocketException)
        {
            return (bytes, WasReset: true);
        }

        return (bytes, WasReset: false);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync();
                lock (_connections) _connections.Add(EchoAsync(client));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
