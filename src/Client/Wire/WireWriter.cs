using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace VectorCluster.Client.Wire;

/// <summary>Writes messages between the processes of a cluster. <see cref="WireReader"/> reads the same calls in the
/// same order.</summary>
/// <remarks>Little-endian; lengths and counts as LEB128. Vectors are copied as they lie in memory.</remarks>
public sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <param name="value">Not negative.</param>
    public void Count(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (var rest = (uint)value; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                Byte((byte)rest);
                return;
            }

            Byte((byte)(rest | 0x80));
        }
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), value);
        _buffer.Advance(sizeof(long));
    }

    public void UInt128(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_buffer.GetSpan(16), value);
        _buffer.Advance(16);
    }

    public void Single(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(sizeof(float)), value);
        _buffer.Advance(sizeof(float));
    }

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.GetSpan(sizeof(double)), value);
        _buffer.Advance(sizeof(double));
    }

    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Count(bytes);
        Encoding.UTF8.GetBytes(value, _buffer.GetSpan(bytes));
        _buffer.Advance(bytes);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        _buffer.Write(value);
    }

    public void Floats(ReadOnlySpan<float> value)
    {
        Count(value.Length);
        _buffer.Write(MemoryMarshal.AsBytes(value));
    }

    public void List<T>(IReadOnlyCollection<T> values, Action<WireWriter, T> write)
    {
        Count(values.Count);
        foreach (var value in values) write(this, value);
    }

    public void Optional<T>(T? value, Action<WireWriter, T> write)
        where T : class
    {
        Bool(value is not null);
        if (value is not null) write(this, value);
    }

    public void OptionalValue<T>(T? value, Action<WireWriter, T> write)
        where T : struct
    {
        Bool(value is not null);
        if (value is { } present) write(this, present);
    }
}
