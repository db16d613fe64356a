using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace VectorCluster.Cli;

/// <summary>How far an import got, in a small file, so that the same command goes on where it was stopped.</summary>
/// <remarks>
/// Kept under <c>$XDG_STATE_HOME/vectorcluster/imports</c>, one file for each source and target. It is replaced
/// atomically but not flushed: it may be behind after a power failure, which costs writing some points again, and never
/// ahead.
/// </remarks>
internal sealed class ImportState
{
    private readonly string _path;
    private readonly string _source;

    private ImportState(string path, string source, long rows)
    {
        (_path, _source) = (path, source);
        Rows = rows;
    }

    /// <summary>Rows from the file's start that are acknowledged.</summary>
    public long Rows { get; private set; }

    /// <param name="parts">What else must be the same: target, collection, namespace, names, fields.</param>
    public static ImportState Open(string source, params IReadOnlyList<string> parts)
    {
        var file = new FileInfo(source);
        var identity = string.Join('\n', [file.FullName, $"{file.Length}", $"{file.LastWriteTimeUtc.Ticks}", .. parts]);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..32];
        var path = Path.Join(Folder(), name + ".json");
        return new(path, file.FullName, ReadRows(path));
    }

    public void Save(long rows)
    {
        Rows = rows;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        var temporary = _path + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(new Content(_source, rows)));
        File.Move(temporary, _path, overwrite: true);
    }

    public void Delete()
    {
        if (File.Exists(_path)) File.Delete(_path);
    }

    private static string Folder()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state) || !Path.IsPathRooted(state))
            state = Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Join(state, "vectorcluster", "imports");
    }

    private static long ReadRows(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(path))?.Rows ?? 0 : 0;
        }
        catch (JsonException)
        {
            return 0; // written in part: start over
        }
    }

    private sealed record Content(string Source, long Rows);
}
