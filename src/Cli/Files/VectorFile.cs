using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VectorCluster.Cli;

/// <summary>A file of float32 vectors in rows of one size, with or without a prefix that repeats the
/// dimension.</summary>
internal sealed class VectorFile : IDisposable
{
    /// <summary>Rows read at once: enough that the disk streams.</summary>
    private const int ChunkBytes = 1024 * 1024;

    private readonly SafeFileHandle _file;
    private readonly long _start;
    private readonly int _prefixBytes;
    private readonly long _fileBytes;

    /// <param name="start">Offset of the first row.</param>
    /// <param name="prefixBytes">Bytes before each row's floats: 0, or 4 that hold the dimension.</param>
    public VectorFile(SafeFileHandle file, string path, long start, int prefixBytes, int dimension, long count)
    {
        (_file, _start, _prefixBytes) = (file, start, prefixBytes);
        (Path, Dimension, Count) = (path, dimension, count);
        _fileBytes = RandomAccess.GetLength(file);
    }

    public string Path { get; }

    public int Dimension { get; }

    /// <summary>Rows, a last one that is cut short included: reading it throws.</summary>
    public long Count { get; }

    private int RowBytes => _prefixBytes + (Dimension * sizeof(float));

    /// <exception cref="UsageException">Not a file of vectors, by its name.</exception>
    /// <exception cref="CommandException">The beginning is not as the format has it.</exception>
    public static VectorFile Open(string path) => System.IO.Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".fvecs" => FvecsFormat.Open(path),
        ".npy" => NpyFormat.Open(path),
        var other => throw new UsageException($"'{path}' ends in '{other}'; a file of vectors ends in .fvecs or .npy."),
    };

    /// <summary>Rows from <paramref name="first"/> on, each an array of its own.</summary>
    /// <exception cref="BadRowException">A row is cut short, or has another dimension or an element that is no
    /// number.</exception>
    public IEnumerable<float[]> ReadFrom(long first)
    {
        var rowsAtOnce = Math.Max(1, ChunkBytes / RowBytes);
        var chunk = new byte[rowsAtOnce * RowBytes];
        for (var row = first; row < Count;)
        {
            var wanted = (int)Math.Min(rowsAtOnce, Count - row);
            var got = Read(chunk.AsSpan(0, wanted * RowBytes), _start + (row * RowBytes));
            for (var i = 0; i < wanted; i++, row++)
            {
                if (got < (i + 1) * RowBytes) throw new BadRowException(Path, row, "the file ends within this row.");
                yield return Decode(chunk.AsSpan(i * RowBytes, RowBytes), row);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private float[] Decode(ReadOnlySpan<byte> bytes, long row)
    {
        if (_prefixBytes > 0 && MemoryMarshal.Read<int>(bytes) is var dimension && dimension != Dimension)
            throw new BadRowException(Path, row, $"it has dimension {dimension}, the first row has {Dimension}.");
        var vector = MemoryMarshal.Cast<byte, float>(bytes[_prefixBytes..]).ToArray();
        VectorCheck.Elements(vector, Path, row);
        return vector;
    }

    private int Read(Span<byte> target, long offset)
    {
        var total = 0;
        while (total < target.Length && offset + total < _fileBytes)
        {
            var read = RandomAccess.Read(_file, target[total..], offset + total);
            if (read == 0) break;
            total += read;
        }

        return total;
    }
}
