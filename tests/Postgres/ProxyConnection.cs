using System.Net.Sockets;

namespace VectorCluster.Tests.Postgres;

/// <summary>Where bytes go.</summary>
public enum ProxyDirection
{
    ToServer,
    ToClient,
}

/// <summary>One connection through a <see cref="TcpProxy"/>, open or ended, and what passed over it.</summary>
public sealed class ProxyConnection
{
    private const int BufferBytes = 64 * 1024;

    private readonly TcpProxy _proxy;
    private readonly Socket _client;
    private readonly Socket _server;
    private readonly CancellationTokenSource _isCut = new();
    private readonly Lock _gate = new();
    private ProxyDirection _last = ProxyDirection.ToClient;
    private long _roundTrips;
    private long _bytesToServer;
    private long _bytesToClient;
    private volatile bool _isEnding;

    internal ProxyConnection(TcpProxy proxy, Socket client, Socket server)
    {
        (_proxy, _client, _server) = (proxy, client, server);
        Completion = RunAsync();
    }

    /// <summary>Times that the server answered after the client had sent something. A client that sends on before it
    /// has an answer makes fewer of them than requests.</summary>
    public long RoundTrips => Interlocked.Read(ref _roundTrips);

    public long BytesToServer => Interlocked.Read(ref _bytesToServer);

    public long BytesToClient => Interlocked.Read(ref _bytesToClient);

    public bool IsOpen => !Completion.IsCompleted;

    /// <summary>Ends with the connection; never fails.</summary>
    public Task Completion { get; }

    /// <summary>RST to both sides.</summary>
    internal void Cut()
    {
        lock (_gate)
        {
            if (_isCut.IsCancellationRequested) return;
            Reset(_client);
            Reset(_server);
            _isCut.Cancel();
        }
    }

    /// <summary>Lets the receiver in a direction have all that was forwarded, and then the end of the stream; RST to
    /// the other side.</summary>
    internal void End(ProxyDirection direction)
    {
        lock (_gate)
        {
            if (_isCut.IsCancellationRequested) return;
            _isEnding = true;
            var (from, to) = direction == ProxyDirection.ToServer ? (_client, _server) : (_server, _client);
            Reset(from);
            to.Shutdown(SocketShutdown.Send); // RST could overtake bytes that wait to be sent
        }
    }

    internal static void Reset(Socket socket)
    {
        if (socket.SafeHandle.IsClosed) return;

        // Lingering for no time: what was not yet sent is thrown away, and the other side is told so by RST.
        if (socket.AddressFamily is not AddressFamily.Unix) socket.LingerState = new(enable: true, seconds: 0);
        socket.Close(timeout: 0);
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        await Task.WhenAll(
            PumpAsync(_client, _server, ProxyDirection.ToServer), PumpAsync(_server, _client, ProxyDirection.ToClient));
        lock (_gate)
        {
            if (_isCut.IsCancellationRequested) return;
            _isCut.Cancel();
            _client.Dispose();
            _server.Dispose();
        }
    }

    /// <summary>Forwards until one side closes or the connection is cut.</summary>
    private async Task PumpAsync(Socket from, Socket to, ProxyDirection direction)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, _isCut.Token);
                await _proxy.WaitWhileStalledAsync(_isCut.Token);
                if (count == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                if (_isEnding) continue; // for nobody any more
                var cut = _proxy.TakeCut(direction, ref count);
                Note(direction, count); // before it arrives, or the answer to it could be noted first
                await SendAsync(to, buffer.AsMemory(0, count));
                if (cut is null) continue;
                cut.Happen(this, direction);
                return;
            }
        }
        catch (Exception exception)
            when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Cut(); // one side is gone, or it is cut already
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes, _isCut.Token)..];
        }
        catch (Exception exception) when (_isEnding && exception is (SocketException or ObjectDisposedException))
        {
            // The receiver was reset while the other side has still to read what it was sent.
        }
    }

    private void Note(ProxyDirection direction, int count)
    {
        lock (_gate)
        {
            if (direction == ProxyDirection.ToServer)
            {
                _bytesToServer += count;
            }
            else
            {
                _bytesToClient += count;
                if (_last == ProxyDirection.ToServer) _roundTrips++;
            }

            if (count > 0) _last = direction;
        }
    }
}
