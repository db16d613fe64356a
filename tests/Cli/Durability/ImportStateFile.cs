using System.Text.Json;

namespace VectorCluster.Cli.Tests;

/// <summary>Reads how far an import is acknowledged, where the import itself keeps it.</summary>
internal static class ImportStateFile
{
    /// <returns>0 before the first acknowledgement and after the last.</returns>
    public static int RowsOf(TemporaryFolder folder)
    {
        var states = Path.Join(folder.State, "vectorcluster", "imports");
        if (!Directory.Exists(states)) return 0;
        try
        {
            var file = Directory.EnumerateFiles(states, "*.json").SingleOrDefault();
            if (file is null) return 0;
            using var state = JsonDocument.Parse(File.ReadAllText(file));
            return state.RootElement.GetProperty("Rows").GetInt32();
        }
        catch (FileNotFoundException)
        {
            return 0; // deleted between the two calls: the import is done
        }
    }
}
