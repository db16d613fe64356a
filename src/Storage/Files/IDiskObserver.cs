namespace VectorCluster.Storage.Files;

/// <summary>A step after which a crash may find the disk. Tests copy the directory between steps, or make a step
/// fail.</summary>
internal enum DiskStep
{
    CreateFile,
    Write,
    Flush,
    Truncate,
    Rename,
    Delete,
    CreateFolder,
    SyncFolder,
}

/// <summary>Watches every change of the file system. What it throws becomes the failure of the step.</summary>
internal interface IDiskObserver
{
    void Before(DiskStep step, string path);

    void After(DiskStep step, string path);
}
