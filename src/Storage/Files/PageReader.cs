using VectorCluster.Engine.Checkpoints;

using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Files;

/// <summary>Reads the pages of one pages file in the order in which they stand, so that the disk sees one long
/// read.</summary>
internal sealed class PageReader(FileWindow window) : IDisposable
{
    // From here on a page goes straight to its destination; smaller ones come many at a time through the window.
    private const int DirectBytes = 64 * 1024;

    /// <summary>Opens a file and checks that it is the one meant.</summary>
    /// <exception cref="DamagedFileException">It is missing, or another one.</exception>
    public static PageReader Open(string folder, PagesFileId id, ReadOnlySpan<byte> digest)
    {
        var window = FileWindow.Open(Path.Join(folder, id.FileName));
        try
        {
            PagesFormat.CheckFileHeader(window.Path, window.View(0, PagesFormat.FileHeaderBytes), id, digest);
            return new(window);
        }
        catch
        {
            window.Dispose();
            throw;
        }
    }

    /// <param name="key">For the message only.</param>
    /// <param name="location">In this file.</param>
    /// <param name="destination">Of the page's length.</param>
    /// <exception cref="DamagedFileException">The page is not what was written. The destination holds
    /// rubbish.</exception>
    public void Read(PageKey key, in PageLocation location, Span<byte> destination)
    {
        var count = location.Length;
        if (count >= DirectBytes)
        {
            count = window.Read(location.Offset, destination);
        }
        else
        {
            var view = window.View(location.Offset, count);
            view.CopyTo(destination);
            count = view.Length;
        }

        if (count != location.Length || Crc32C.Of(destination) != location.Crc)
            throw new DamagedFileException(window.Path, location.Offset, $"the checksum of {key} is wrong");
    }

    public void Dispose() => window.Dispose();
}
