using Microsoft.Extensions.Configuration;
using VectorCluster.Api;

namespace VectorCluster.Cli;

/// <summary>Settings of a server that are too many or too secret for its command line: from a file that is named, and
/// from the environment, which counts more.</summary>
/// <remarks>The sections are those of the silo, so that one file serves both; what else of the silo's they have is not
/// looked at.</remarks>
internal static class ServerSettings
{
    private const string Section = "VectorCluster";

    /// <param name="file">Null: the environment alone.</param>
    /// <exception cref="UsageException">A value can't be used, or the file can't be read.</exception>
    public static (ApiOptions Api, IConfiguration Kestrel) Read(string? file)
    {
        var root = Load(file);
        return (Check(() => Bind(SectionOf(root, Section))), SectionOf(root, ApiDoor.KestrelSection));
    }

    /// <summary>Turns what is wrong with a setting into a wrong use of the command.</summary>
    public static T Check<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ApiOptionsException fault)
        {
            throw new UsageException($"{Section}: {fault.Message}");
        }
        catch (InvalidOperationException fault) // of the binder; it names the key
        {
            throw new UsageException($"{Section}: {fault.Message} {fault.InnerException?.Message}".TrimEnd());
        }
    }

    public static void Check(Action check) => Check(() =>
    {
        check();
        return true;
    });

    private static ApiOptions Bind(IConfiguration section) => new ApiOptions
    {
        Access = Of<AccessOptions>(section, nameof(ApiOptions.Access)),
        Limits = Of<LimitOptions>(section, nameof(ApiOptions.Limits)),
        Telemetry = Of<TelemetryOptions>(section, nameof(ApiOptions.Telemetry)),
    }.Validate();

    private static T Of<T>(IConfiguration section, string name)
        where T : new() =>
        section.GetSection(name).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();

    private static IConfigurationRoot Load(string? file)
    {
        var builder = new ConfigurationBuilder();
        if (file is null) return builder.Build();
        try
        {
            return builder.AddJsonFile(Path.GetFullPath(file), optional: false).Build();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw new UsageException($"--settings {file}: {exception.InnerException?.Message ?? exception.Message}");
        }
    }

    private static IConfiguration SectionOf(IConfigurationRoot file, string name) => new ConfigurationBuilder()
        .AddConfiguration(file.GetSection(name))
        .AddEnvironmentVariables($"{name}__")
        .Build();
}
