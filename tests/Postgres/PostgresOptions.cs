namespace VectorCluster.Tests.Postgres;

/// <summary>How a throw-away server runs.</summary>
public sealed record PostgresOptions
{
    /// <summary>Whether it listens on a loopback TCP port too, besides its Unix socket.</summary>
    /// <value>Default false. <see cref="TcpProxy"/> needs no port: it forwards to the socket as well.</value>
    public bool ListensOnTcp { get; init; }

    /// <summary>Settings as in postgresql.conf, such as shared_buffers = 256MB.</summary>
    /// <value>Default none: PostgreSQL's own defaults, with fsync on.</value>
    public IReadOnlyDictionary<string, string> Settings { get; init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);
}
