using System.Buffers.Binary;

namespace VectorCluster.Cli;

/// <summary>TexMex's .fvecs: per row an int32 dimension and so many float32, little-endian, and nothing else.</summary>
internal static class FvecsFormat
{
    /// <exception cref="CommandException">Empty, or the first row's dimension is out of range.</exception>
    public static VectorFile Open(string path)
    {
        var file = File.OpenHandle(path);
        try
        {
            Span<byte> prefix = stackalloc byte[sizeof(int)];
            if (RandomAccess.Read(file, prefix, 0) < prefix.Length) throw new CommandException($"{path} is empty.");
            var dimension = BinaryPrimitives.ReadInt32LittleEndian(prefix);
            if (dimension is < 1 or > VectorSettings.MaxDimension)
                throw new CommandException($"{path} is not an .fvecs file: its first row has dimension {dimension}.");
            var rowBytes = sizeof(int) + ((long)dimension * sizeof(float));
            var count = (RandomAccess.GetLength(file) + rowBytes - 1) / rowBytes;
            return new(file, path, start: 0, prefixBytes: sizeof(int), dimension, count);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
