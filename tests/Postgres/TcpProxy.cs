using System.Net;
using System.Net.Sockets;

namespace VectorCluster.Tests.Postgres;

/// <summary>Stands between clients and a server, and does to their connections what networks do: cuts them, at a chosen
/// byte too, refuses them, stalls them. Counts round trips.</summary>
/// <remarks>All commands count at once and for all connections. They may be called from any thread.</remarks>
public sealed class TcpProxy : IAsyncDisposable
{
    private const int Backlog = 512;

    private readonly EndPoint _target;
    private readonly Socket _holder;
    private readonly List<ProxyConnection> _connections = [];
    private readonly Dictionary<ProxyDirection, ArmedCut> _cuts = [];
    private readonly Lock _gate = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private TaskCompletionSource? _resumed;
    private bool _isDisposed;

    private TcpProxy(EndPoint target)
    {
        _target = target;
        _holder = Bind(port: 0); // keeps the port ours while nobody listens on it
        AcceptConnections();
    }

    /// <summary>Loopback port that clients connect to.</summary>
    public int Port => ((IPEndPoint)_holder.LocalEndPoint!).Port;

    /// <summary>All there were, oldest first.</summary>
    public IReadOnlyList<ProxyConnection> Connections
    {
        get
        {
            lock (_gate) return [.. _connections];
        }
    }

    /// <summary>Over all connections there were.</summary>
    public long RoundTrips => Connections.Sum(connection => connection.RoundTrips);

    /// <param name="target">A TCP port, or a Unix socket.</param>
    public static TcpProxy Start(EndPoint target) => new(target);

    /// <summary>Resets every connection now, as a router that restarts does.</summary>
    public void CutAll()
    {
        foreach (var connection in Connections) connection.Cut();
    }

    /// <summary>Cuts every connection once <paramref name="bytes"/> more bytes have gone in a direction, over all
    /// connections. What comes after them is lost.</summary>
    /// <remarks>The receiver of the last byte gets it, and then the end of the stream; everybody else is
    /// reset.</remarks>
    /// <param name="bytes">0: as soon as there is something to forward, and without it.</param>
    /// <returns>Ends when it happened. A later call for the same direction takes this one's place and cancels
    /// it.</returns>
    public Task CutAfter(ProxyDirection direction, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_gate)
        {
            if (_cuts.Remove(direction, out var replaced)) replaced.Cancel();
            var cut = new ArmedCut(this, bytes);
            _cuts.Add(direction, cut);
            return cut.Happened;
        }
    }

    /// <summary>New connections are refused. Those that are open stay.</summary>
    public void RefuseConnections()
    {
        lock (_gate)
        {
            // Closing it is not enough: a process that is just being started has a copy of it for a moment.
            if (OperatingSystem.IsLinux()) _listener?.Shutdown(SocketShutdown.Both);
            _listener?.Dispose();
            _listener = null;
        }
    }

    public void AcceptConnections()
    {
        lock (_gate)
        {
            if (_listener is not null || _isDisposed) return;
            _listener = Bind(Port);
            _listener.Listen(Backlog);
            _accepting = AcceptAsync(_listener);
        }
    }

    /// <summary>Nothing is forwarded from now on, in neither direction, and nobody is told.</summary>
    public void Stall()
    {
        lock (_gate) _resumed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Forwards again, what was held back first.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            _resumed?.SetResult();
            _resumed = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isDisposed = true;
        RefuseConnections();
        await _accepting;
        CutAll();
        await Task.WhenAll(Connections.Select(connection => connection.Completion));
        _holder.Dispose();
    }

    internal async Task WaitWhileStalledAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task resumed;
            lock (_gate)
            {
                if (_resumed is null) return;
                resumed = _resumed.Task;
            }

            await resumed.WaitAsync(cancellationToken);
        }
    }

    /// <param name="count">Bytes to forward; lowered to those that still go.</param>
    /// <returns>The cut that is due after them; null: none.</returns>
    internal ArmedCut? TakeCut(ProxyDirection direction, ref int count)
    {
        lock (_gate)
        {
            if (!_cuts.TryGetValue(direction, out var cut)) return null;
            count = (int)Math.Min(count, cut.BytesLeft);
            cut.BytesLeft -= count;
            if (cut.BytesLeft > 0) return null;
            _cuts.Remove(direction);
            return cut;
        }
    }

    /// <summary>The port can be bound by both the holder and the listener.</summary>
    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return; // it listens no more
            }

            await ConnectAsync(client);
        }
    }

    private async Task ConnectAsync(Socket client)
    {
        var isUnix = _target.AddressFamily == AddressFamily.Unix;
        var server = new Socket(
            _target.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            await server.ConnectAsync(_target);
            client.NoDelay = true;
            if (!isUnix) server.NoDelay = true;
        }
        catch (SocketException)
        {
            ProxyConnection.Reset(client); // the server is down
            server.Dispose();
            return;
        }

        lock (_gate) _connections.Add(new(this, client, server));
    }

    /// <summary>A cut that waits for its byte.</summary>
    internal sealed class ArmedCut(TcpProxy proxy, long bytes)
    {
        private readonly TaskCompletionSource _happened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long BytesLeft { get; set; } = bytes;

        public Task Happened => _happened.Task;

        public void Happen(ProxyConnection carrier, ProxyDirection direction)
        {
            carrier.End(direction);
            foreach (var connection in proxy.Connections)
                if (connection != carrier) connection.Cut();
            _happened.TrySetResult();
        }

        public void Cancel() => _happened.TrySetCanceled();
    }
}
