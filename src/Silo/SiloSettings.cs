using System.Net;
using System.Reflection;
using Npgsql;
using VectorCluster.Api;
using VectorCluster.Grains;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Silo;

/// <summary>The configuration section <c>VectorCluster</c>, from the environment as <c>VectorCluster__HttpPort</c> and
/// so on, the command line as <c>--VectorCluster:HttpPort</c>, or appsettings.json.</summary>
internal sealed record SiloSettings
{
    public const string Section = "VectorCluster";

    /// <summary>Whether this process is a silo. One that is not serves the HTTP API over the silos of the cluster: over
    /// those that share its PostgreSQL, or over one on this machine.</summary>
    /// <value>Default true.</value>
    public bool Silo { get; init; } = true;

    /// <summary>Whether this process serves the HTTP API.</summary>
    /// <value>Default true.</value>
    public bool Api { get; init; } = true;

    /// <summary>Connection string of the database that the silos share.</summary>
    /// <value>Null (default): one silo, which keeps its data in <see cref="DataDirectory"/>.</value>
    public string? Postgres { get; init; }

    /// <summary>Where the files are, without PostgreSQL.</summary>
    /// <value>Default ./data; made if it does not exist.</value>
    public string DataDirectory { get; init; } = "./data";

    /// <summary>File with the keys that encrypt what PostgreSQL keeps: a line <c>id:base64 of 32 bytes</c> each, the
    /// first one for writing.</summary>
    /// <value>Null (default): nothing is encrypted. The same for all silos.</value>
    public string? EncryptionKeysFile { get; init; }

    /// <summary>Silos with the same id form a cluster.</summary>
    /// <value>Default vectorcluster.</value>
    public string ClusterId { get; init; } = "vectorcluster";

    /// <summary>Stays the same when a cluster is replaced by another one over the same data.</summary>
    /// <value>Default vectorcluster.</value>
    public string ServiceId { get; init; } = "vectorcluster";

    /// <summary>TCP port for other silos.</summary>
    /// <value>1 to 65,535, default 11,111.</value>
    public int SiloPort { get; init; } = 11_111;

    /// <summary>TCP port for Orleans clients.</summary>
    /// <value>1 to 65,535, default 30,000.</value>
    public int GatewayPort { get; init; } = 30_000;

    /// <summary>TCP port of the HTTP API.</summary>
    /// <value>0 (any free one) to 65,535, default 6,333.</value>
    public int HttpPort { get; init; } = 6_333;

    /// <summary>IP address that the HTTP API listens on. One that is not loopback needs keys
    /// (<see cref="Access"/>).</summary>
    /// <value>Default 127.0.0.1; 0.0.0.0 for all.</value>
    public string HttpAddress { get; init; } = "127.0.0.1";

    /// <summary>IP address under which other silos and Orleans clients reach this one. Only with PostgreSQL.</summary>
    /// <value>Null (default): that of the host's name.</value>
    public string? AdvertisedIP { get; init; }

    /// <summary>Name of the place that fails as a whole; a namespace's shards are spread over zones.</summary>
    /// <value>Default empty: none.</value>
    public string Zone { get; init; } = "";

    /// <summary>Memory that the shards of this silo may take.</summary>
    /// <value>From 1 MiB; 0 (default): 60 % of the memory of the machine or the container.</value>
    public long MemoryBudgetBytes { get; init; }

    /// <summary>Threads that search.</summary>
    /// <value>0 (default): one a core; up to 4,096.</value>
    public int SearchThreads { get; init; }

    /// <summary>How long a shard stays in memory without being used.</summary>
    /// <value>10 seconds to 365 days, default 10 minutes, as 00:10:00.</value>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the silo may take to hand its shards to others before it leaves.</summary>
    /// <value>0 (not at all) to 1 day, default 5 minutes.</value>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Serves Orleans' dashboard under /dashboard of the HTTP API, to admin keys: a browser asks for a user,
    /// which may be anything, and a password, which is the key. It costs memory for each grain.</summary>
    /// <value>Default false.</value>
    public bool Dashboard { get; init; }

    /// <summary>What the process tells of itself.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>Who may use the HTTP API.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>Bounds of what callers of the HTTP API may ask for.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>What of this the HTTP API takes.</summary>
    public ApiOptions ApiOptions => new() { Access = Access, Limits = Limits, Telemetry = Telemetry };

    /// <summary>What of this the cluster's services take.</summary>
    public VectorClusterOptions ClusterOptions => new()
    {
        Zone = Zone,
        MemoryBudgetBytes = MemoryBudgetBytes,
        SearchThreads = SearchThreads,
        IdleAfter = IdleAfter,
        ReadLease = Postgres is null ? TimeSpan.Zero : new VectorClusterOptions().ReadLease, // files are one silo's
    };

    /// <summary>Where the data is, for people: no password, no user.</summary>
    public string Where => Postgres is { } text ? PostgresDatabase.Describe(text) : DataDirectory;

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="SettingsException">A value can't be used; the message names its key.</exception>
    public static SiloSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        foreach (var entry in section.GetChildren())
            if (!Keys.Contains(entry.Key, StringComparer.OrdinalIgnoreCase))
                throw Fault(entry.Key, $"is unknown. There are {string.Join(", ", Keys)}.");
        try
        {
            var settings = section.Get<SiloSettings>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
            settings.Check(configuration.GetSection(ApiDoor.KestrelSection));
            return settings;
        }
        catch (ApiOptionsException fault)
        {
            throw new SettingsException($"{Section}: {fault.Message}");
        }
        catch (InvalidOperationException exception) // of the binder; it names the key
        {
            throw new SettingsException($"{exception.Message} {exception.InnerException?.Message}".TrimEnd());
        }
    }

    private static IEnumerable<string> Keys => typeof(SiloSettings)
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite).Select(property => property.Name);

    private static SettingsException Fault(string key, string what) => new($"{Section}:{key} {what}");

    private static void CheckPort(string key, int port, int least)
    {
        if (port < least || port > IPEndPoint.MaxPort)
            throw Fault(key, $"is {port}; it must be {least} to {IPEndPoint.MaxPort}.");
    }

    private static void CheckAddress(string key, string address)
    {
        if (!IPAddress.TryParse(address, out _)) throw Fault(key, $"is '{address}'; it must be an IP address.");
    }

    private static void CheckText(string key, string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw Fault(key, "must not be empty.");
    }

    private void Check(IConfiguration kestrel)
    {
        CheckPort(nameof(SiloPort), SiloPort, least: 1);
        CheckPort(nameof(GatewayPort), GatewayPort, least: 1);
        CheckPort(nameof(HttpPort), HttpPort, least: 0);
        CheckAddress(nameof(HttpAddress), HttpAddress);
        CheckText(nameof(DataDirectory), DataDirectory);
        CheckText(nameof(ClusterId), ClusterId);
        CheckText(nameof(ServiceId), ServiceId);
        if (SiloPort == GatewayPort) throw Fault(nameof(GatewayPort), $"is {GatewayPort}, as is {Section}:SiloPort.");
        if (AdvertisedIP is not null) CheckAddress(nameof(AdvertisedIP), AdvertisedIP);
        if (AdvertisedIP is not null && Postgres is null)
            throw Fault(
                nameof(AdvertisedIP), $"needs {Section}:Postgres: without it there is one silo, on one machine.");
        if (Postgres is not null) CheckConnectionString(Postgres);
        if (DrainTimeout < TimeSpan.Zero || DrainTimeout > TimeSpan.FromDays(1))
            throw Fault(nameof(DrainTimeout), $"is {DrainTimeout}; it must be 0 to 1 day.");
        CheckRoles();
        CheckApi(kestrel);
        CheckClusterOptions();
    }

    private void CheckApi(IConfiguration kestrel)
    {
        ApiOptions.Validate();
        if (Api)
            ApiDoor.Check(Access, kestrel, HttpAddress, IPAddress.IsLoopback(IPAddress.Parse(HttpAddress)));
    }

    private void CheckRoles()
    {
        if (!Silo && !Api) throw Fault(nameof(Api), $"and {Section}:Silo are both false: nothing would run.");
        if (Dashboard && !(Silo && Api))
            throw Fault(nameof(Dashboard), $"needs {Section}:Silo and {Section}:Api.");
        if (EncryptionKeysFile is not null && Postgres is null)
            throw Fault(nameof(EncryptionKeysFile), $"needs {Section}:Postgres: files are not encrypted.");
    }

    /// <exception cref="SettingsException">The file can't be read, or holds no keys.</exception>
    public EncryptionKeys? ReadEncryptionKeys()
    {
        if (EncryptionKeysFile is not { } file) return null;
        try
        {
            return EncryptionKeys.Parse(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw Fault(nameof(EncryptionKeysFile), $"is '{file}': {exception.Message}");
        }
    }

    private void CheckClusterOptions()
    {
        try
        {
            ClusterOptions.Validate();
        }
        catch (ArgumentOutOfRangeException fault) // its keys are named as ours
        {
            throw Fault(fault.ParamName!, $"is {fault.ActualValue}. {fault.Message.Split(" (Parameter")[0]}");
        }
    }

    private static void CheckConnectionString(string text)
    {
        try
        {
            if (new NpgsqlConnectionStringBuilder(text).Host is not { Length: > 0 })
                throw Fault(nameof(Postgres), "is a connection string without a Host.");
        }
        catch (ArgumentException exception)
        {
            throw Fault(nameof(Postgres), $"is no connection string: {exception.Message}");
        }
    }
}

/// <summary>A configured value that can't be used.</summary>
internal sealed class SettingsException(string message) : Exception(message);
