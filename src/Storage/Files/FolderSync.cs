using System.Runtime.InteropServices;

namespace VectorCluster.Storage.Files;

/// <summary>Makes the names in a folder durable: a flushed file can still be lost when its name was never
/// written.</summary>
/// <remarks>.NET cannot open a folder, hence libc. Windows writes names through its journal and has no such
/// call.</remarks>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;
    private const int CloseOnExecLinux = 0x80000;
    private const int CloseOnExecMac = 0x1000000;
    private const int Interrupted = 4; // EINTR
    private const int NotSupported = 22; // EINVAL: some network file systems cannot sync a folder

    /// <exception cref="IOException">The folder cannot be opened, or the device failed: what it held last is
    /// unknown.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;

        var flags = ReadOnly | (OperatingSystem.IsMacOS() ? CloseOnExecMac : CloseOnExecLinux);
        var descriptor = Retry(() => Open(folder, flags));
        if (descriptor < 0) throw Failed("open", folder);
        try
        {
            if (Retry(() => Fsync(descriptor)) < 0 && Marshal.GetLastPInvokeError() != NotSupported)
                throw Failed("fsync", folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static int Retry(Func<int> call)
    {
        int result;
        do
            result = call();
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result;
    }

    private static IOException Failed(string call, string folder) =>
        new($"{call} of the folder {folder} failed: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
