using System.Globalization;

namespace VectorCluster.Tests.Postgres;

/// <summary>Where this machine has PostgreSQL's server programs.</summary>
public static class PostgresPrograms
{
    /// <summary>Debian's packages install every major version in a folder of its own, none of them on the
    /// PATH.</summary>
    private const string DebianFolder = "/usr/lib/postgresql";

    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>What to do where there are none.</summary>
    public static string MissingMessage { get; } =
        "These tests need PostgreSQL's server programs (initdb, postgres), and this machine has none. On Debian or "
        + "Ubuntu: apt-get install postgresql. Or name a server where databases may be created in "
        + $"{PostgresServer.Variable}, such as 'Host=localhost;Username=postgres'; the tests that kill the server are "
        + "skipped then.";

    /// <summary>The folder with initdb and postgres; null: there is none.</summary>
    public static string? Folder => Found.Value;

    /// <exception cref="InvalidOperationException">There is none; the message says what to install.</exception>
    public static string RequiredFolder => Folder ?? throw new InvalidOperationException(MissingMessage);

    private static string? Find()
    {
        if (!OperatingSystem.IsLinux()) return null; // processes are found and killed through /proc
        return DebianFolders().Concat(ConfiguredFolder()).Concat(PathFolders()).FirstOrDefault(IsComplete);
    }

    /// <summary>Newest version first.</summary>
    private static IEnumerable<string> DebianFolders() =>
        !Directory.Exists(DebianFolder)
            ? []
            : Directory.EnumerateDirectories(DebianFolder)
                .OrderByDescending(folder =>
                    int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major) ? major : 0)
                .Select(folder => Path.Join(folder, "bin"));

    /// <summary>What pg_config names; it comes with the client's headers too, without a server.</summary>
    private static IEnumerable<string> ConfiguredFolder()
    {
        var program = PathFolders().Select(folder => Path.Join(folder, "pg_config")).FirstOrDefault(File.Exists);
        if (program is null) yield break;
        yield return Command.Run(program, "--bindir").Trim();
    }

    private static string[] PathFolders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsComplete(string folder) =>
        IsProgram(Path.Join(folder, "initdb")) && IsProgram(Path.Join(folder, "postgres"));

    /// <summary>A link that leads nowhere exists too.</summary>
    private static bool IsProgram(string path) =>
        File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true) is null or { Exists: true });
}
