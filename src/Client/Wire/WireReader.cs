using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace VectorCluster.Client.Wire;

/// <summary>Reads what <see cref="WireWriter"/> wrote.</summary>
/// <remarks>Payloads are slices of the message's own bytes, which nobody writes to again.</remarks>
public sealed class WireReader(ReadOnlyMemory<byte> message)
{
    private int _at;

    public bool IsAtEnd => _at == message.Length;

    public byte Byte() => Take(1).Span[0];

    public bool Bool() => Byte() != 0;

    /// <exception cref="InvalidDataException">The message is damaged, or of another version.</exception>
    public int Count()
    {
        var value = 0u;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var part = Byte();
            value |= (uint)(part & 0x7F) << shift;
            if (part < 0x80) return value <= int.MaxValue ? (int)value : throw Damaged();
        }

        throw Damaged();
    }

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)).Span);

    public UInt128 UInt128() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16).Span);

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)).Span);

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)).Span);

    public string Text() => Encoding.UTF8.GetString(Take(Count()).Span);

    public ReadOnlyMemory<byte> Bytes() => Take(Count());

    public float[] Floats()
    {
        var count = Count();
        if ((long)count * sizeof(float) > message.Length - _at) throw Damaged();
        return MemoryMarshal.Cast<byte, float>(Take(count * sizeof(float)).Span).ToArray();
    }

    public T[] List<T>(Func<WireReader, T> read)
    {
        var count = Count();
        if (count > message.Length - _at) throw Damaged(); // every element takes a byte or more
        var values = new T[count];
        for (var i = 0; i < count; i++) values[i] = read(this);
        return values;
    }

    public T? Optional<T>(Func<WireReader, T> read)
        where T : class => Bool() ? read(this) : null;

    public T? OptionalValue<T>(Func<WireReader, T> read)
        where T : struct => Bool() ? read(this) : null;

    public static InvalidDataException Damaged() =>
        new("A message is damaged, or was sent by another version of VectorCluster.");

    private ReadOnlyMemory<byte> Take(int bytes)
    {
        if (bytes > message.Length - _at) throw Damaged();
        var taken = message.Slice(_at, bytes);
        _at += bytes;
        return taken;
    }
}
