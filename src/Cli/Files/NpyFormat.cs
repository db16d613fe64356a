using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace VectorCluster.Cli;

/// <summary>NumPy's .npy, versions 1 to 3: a two-dimensional array of little-endian float32 in C order, one row a
/// vector.</summary>
/// <remarks>Source: NEP 1, "A Simple File Format for NumPy Arrays".</remarks>
internal static partial class NpyFormat
{
    /// <summary>Longest header worth reading: NumPy's own are under 200 bytes.</summary>
    private const int MaxHeaderBytes = 64 * 1024;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <exception cref="CommandException">Not such a file.</exception>
    public static VectorFile Open(string path)
    {
        var file = File.OpenHandle(path);
        try
        {
            var (header, start) = ReadHeader(file, path);
            var (count, dimension) = ReadShape(header, path);
            return new(file, path, start, prefixBytes: 0, dimension, count);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static (string Header, long Start) ReadHeader(SafeFileHandle file, string path)
    {
        Span<byte> prefix = stackalloc byte[12];
        if (RandomAccess.Read(file, prefix, 0) < prefix.Length || !prefix.StartsWith(Magic))
            throw new CommandException($"{path} is not an .npy file: it does not begin with NumPy's magic bytes.");
        var (length, at) = prefix[6] switch
        {
            1 => (BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]), 10),
            2 or 3 => (BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]), 12),
            var version => throw new CommandException($"{path}: version {version} of .npy is not supported."),
        };
        if (length > MaxHeaderBytes) throw new CommandException($"{path}: the header claims {length} bytes.");
        var bytes = new byte[length];
        if (RandomAccess.Read(file, bytes, at) < bytes.Length)
            throw new CommandException($"{path} ends within its header.");
        return (Encoding.UTF8.GetString(bytes), at + length);
    }

    private static (long Count, int Dimension) ReadShape(string header, string path)
    {
        if (Type().Match(header).Groups["type"].Value is var type && type != "<f4")
            throw new CommandException(
                $"{path} holds '{type}'; only little-endian float32 ('<f4') is supported: use astype('<f4').");
        if (!InCOrder().IsMatch(header))
            throw new CommandException($"{path} is in Fortran order: save numpy.ascontiguousarray(a) instead.");
        var shape = Shape().Match(header);
        if (!shape.Success
            || !long.TryParse(shape.Groups["rows"].Value, CultureInfo.InvariantCulture, out var rows)
            || !int.TryParse(shape.Groups["columns"].Value, CultureInfo.InvariantCulture, out var columns)
            || columns is < 1 or > VectorSettings.MaxDimension)
            throw new CommandException(
                $"{path}: the shape is not (rows, 1 to {VectorSettings.MaxDimension} columns): {header.Trim()}");
        return (rows, columns);
    }

    [GeneratedRegex("'descr'\\s*:\\s*'(?<type>[^']*)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Type();

    [GeneratedRegex("'fortran_order'\\s*:\\s*False", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InCOrder();

    [GeneratedRegex(
        "'shape'\\s*:\\s*\\(\\s*(?<rows>\\d+)\\s*,\\s*(?<columns>\\d+)\\s*,?\\s*\\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}
