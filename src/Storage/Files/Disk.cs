namespace VectorCluster.Storage.Files;

/// <summary>Changes names: makes, replaces, moves and deletes files and folders, each durable when the call
/// returns.</summary>
internal sealed class Disk(IDiskObserver? observer)
{
    public const string TemporarySuffix = ".tmp";

    public DurableFile Create(string path) => DurableFile.Create(path, observer);

    public DurableFile Open(string path) => DurableFile.Open(path, observer);

    /// <summary>Sets the whole content of a small file: a crash leaves the old content or the new one.</summary>
    /// <exception cref="IOException">The outcome is unknown: the old content or the new one.</exception>
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + TemporarySuffix;
        using (var file = Create(temporary))
        {
            file.Write(0, content);
            file.Flush();
        }

        Move(temporary, path);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a folder and those above it, down from <paramref name="root"/>, which exists.</summary>
    /// <remarks>Syncs also those that existed: who made them may have been killed before its own sync.</remarks>
    public void EnsureFolder(string root, string path)
    {
        var relative = Path.GetRelativePath(root, path);
        var folder = root;
        foreach (var part in relative.Split(Path.DirectorySeparatorChar))
        {
            var parent = folder;
            folder = Path.Join(folder, part);
            if (!Directory.Exists(folder))
                Step(DiskStep.CreateFolder, folder, static f => Directory.CreateDirectory(f));
            SyncFolder(parent);
        }
    }

    /// <summary>Moves a folder; both names are durable on return.</summary>
    public void MoveFolder(string from, string to)
    {
        Step(DiskStep.Rename, to, target => Directory.Move(from, target));
        SyncFolder(Path.GetDirectoryName(to)!);
        SyncFolder(Path.GetDirectoryName(from)!);
    }

    /// <summary>None: no error.</summary>
    public void DeleteFile(string path)
    {
        if (!File.Exists(path)) return;
        Step(DiskStep.Delete, path, File.Delete);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Deletes what nothing refers to. A failure leaves it for the next clean-up; a crash may bring it
    /// back.</summary>
    public void DiscardFile(string path)
    {
        try
        {
            Step(DiskStep.Delete, path, File.Delete);
        }
        catch (IOException)
        {
            // Windows: a reader still holds it. It is found again when the shard is next opened.
        }
    }

    public void DeleteFolder(string path) =>
        Step(DiskStep.Delete, path, static folder => Directory.Delete(folder, recursive: true));

    public void SyncFolder(string folder) => Step(DiskStep.SyncFolder, folder, FolderSync.Sync);

    private void Move(string from, string to) =>
        Step(DiskStep.Rename, to, target => File.Move(from, target, overwrite: true));

    private void Step(DiskStep step, string path, Action<string> change)
    {
        observer?.Before(step, path);
        change(path);
        observer?.After(step, path);
    }
}
