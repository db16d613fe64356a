using Microsoft.Win32.SafeHandles;

namespace VectorCluster.Storage.Files;

/// <summary>Reads at an offset; needs no position and can run beside other reads of the same handle.</summary>
internal static class PositionalRead
{
    /// <summary>Opens for reading beside writers, renames and deletions.</summary>
    public static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <returns>Bytes read; fewer than asked only at the end of the file.</returns>
    public static int Fill(SafeFileHandle handle, long offset, Span<byte> destination)
    {
        var filled = 0;
        while (filled < destination.Length)
        {
            var count = RandomAccess.Read(handle, destination[filled..], offset + filled);
            if (count == 0) break;
            filled += count;
        }

        return filled;
    }

    /// <summary>Reads a small file whole.</summary>
    /// <returns>Null: no such file.</returns>
    public static byte[]? TryReadAll(string path)
    {
        try
        {
            using var handle = Open(path);
            var bytes = new byte[RandomAccess.GetLength(handle)];
            var count = Fill(handle, 0, bytes);
            return count == bytes.Length ? bytes : bytes[..count];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
