using System.Buffers.Binary;
using System.Numerics;

namespace VectorCluster.Storage.Checksums;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), 8 bytes a step. Finds every flipped bit and every burst up to
/// 32 bits.</summary>
internal static class Crc32C
{
    /// <summary>State before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    public static uint Of(ReadOnlySpan<byte> bytes) => Finish(Append(Start, bytes));

    /// <param name="state">From <see cref="Start"/> or an earlier call.</param>
    /// <param name="bytes">A multiple of 8 bytes, but for the last call.</param>
    /// <param name="mask">Is XORed to every 8 bytes before they count; 0 leaves them as they are.</param>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes, ulong mask = 0)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ mask);
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            state = BitOperations.Crc32C(state, (byte)(value ^ (byte)mask));
            mask >>= 8;
        }

        return state;
    }

    public static uint Finish(uint state) => ~state;
}
