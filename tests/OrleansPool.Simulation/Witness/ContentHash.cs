using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OrleansPool.Simulation.Witness;

/// <summary>
/// 64 bits that stand for some bytes, the same in every run: two contents that differ have the same ones once in 2^64. The witness keeps them where
/// keeping the bytes would bound the length of a run.
/// </summary>
public static class ContentHash
{
    private const ulong Seed = 0x9E3779B97F4A7C15;
    private const ulong Secret = 0xE7037ED1A0B428DB;

    /// <summary>The hash of some bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Mix(Seed ^ (ulong)bytes.Length, Secret);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), Secret);
        if (bytes.IsEmpty) return hash;
        Span<byte> tail = stackalloc byte[sizeof(ulong)];
        tail.Clear();
        bytes.CopyTo(tail);
        return Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(tail), Secret);
    }

    /// <summary>The hash of the arguments of an operation on a word.</summary>
    public static ulong OfWord(long operand, long expected) => Of(MemoryMarshal.AsBytes<long>([operand, expected]));

    private static ulong Mix(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low ^ left;
    }
}
