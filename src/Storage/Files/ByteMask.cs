using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace VectorCluster.Storage.Files;

/// <summary>XORs an 8-byte mask to bytes. Twice is nothing: the same call masks and unmasks.</summary>
internal static class ByteMask
{
    /// <returns>The mask for the bytes that follow: turned when the length was no multiple of 8.</returns>
    public static ulong Apply(Span<byte> bytes, ulong mask)
    {
        var wide = MemoryMarshal.Cast<byte, Vector<ulong>>(bytes);
        var wideMask = new Vector<ulong>(BitConverter.IsLittleEndian ? mask : BinaryPrimitives.ReverseEndianness(mask));
        for (var i = 0; i < wide.Length; i++) wide[i] ^= wideMask;

        var rest = bytes[(wide.Length * Vector<byte>.Count)..]; // whole masks were used up, so it begins anew
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] ^= (byte)mask;
            mask = BitOperations.RotateRight(mask, 8);
        }

        return mask;
    }
}
