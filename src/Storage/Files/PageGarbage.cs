namespace VectorCluster.Storage.Files;

/// <summary>Chooses which pages files give their live pages to the next one, so that space and file count stay
/// bounded.</summary>
internal static class PageGarbage
{
    /// <summary>Files that one checkpoint may spread over. Each costs a handle while the checkpoint is read.</summary>
    public const int MaxFiles = 32;

    /// <param name="table">The coming checkpoint, before any page was moved.</param>
    /// <param name="coming">The file being written, which keeps what it has.</param>
    /// <returns>Files to move, such that dead bytes do not exceed live ones as far as older files can bring that
    /// about.</returns>
    public static List<PagesFileId> Choose(PageTable table, PagesFileId coming)
    {
        var live = table.LiveBytes();
        var dead = table.Files.ToDictionary(
            static file => file.Key, file => file.Value - PagesFormat.FileHeaderBytes - live[file.Key]);
        var totalLive = live.Values.Sum();
        var totalDead = dead.Values.Sum();
        var chosen = new List<PagesFileId>();

        // The most dead bytes for each byte that must be copied come first.
        var candidates = live.Keys.Where(file => file != coming)
            .OrderBy(file => (double)live[file] / (dead[file] + 1)).ToList();
        foreach (var file in candidates.TakeWhile(_ => totalDead > totalLive))
        {
            totalDead -= dead[file];
            chosen.Add(file);
        }

        var keepable = candidates.Except(chosen).OrderBy(file => live[file]).ToList();
        chosen.AddRange(keepable.Take(Math.Max(0, keepable.Count + 1 - MaxFiles)));
        return chosen;
    }
}
