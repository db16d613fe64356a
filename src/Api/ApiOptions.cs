namespace VectorCluster.Api;

/// <summary>Settings of the HTTP API that every host of it takes alike.</summary>
public sealed record ApiOptions
{
    /// <summary>Who may do what.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>Bounds of what callers may ask for.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>What the server tells of itself.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>Reads what the settings name, and checks it.</summary>
    /// <exception cref="ApiOptionsException">A setting can't be used.</exception>
    public ApiOptions Validate()
    {
        Telemetry.Check();
        Limits.Check();
        _ = Credentials.Read(this, TimeProvider.System);
        return this;
    }
}

/// <summary>A configured value that can't be used. The message names its key, from below the API's section.</summary>
public sealed class ApiOptionsException(string message) : Exception(message);
