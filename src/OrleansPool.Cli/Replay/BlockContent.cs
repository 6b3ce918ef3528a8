using System.Runtime.InteropServices;

namespace OrleansPool.Cli.Replay;

/// <summary>The contents of a block, derived from its id (SplitMix64), so that every byte read back can be checked.</summary>
internal static class BlockContent
{
    public static void Fill(long id, Span<byte> block)
    {
        ulong state = (ulong)id;
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(block);
        for (int i = 0; i < words.Length; i++) words[i] = Next(ref state);
        Span<byte> rest = block[(words.Length * sizeof(ulong))..];
        for (int i = 0; i < rest.Length; i++) rest[i] = (byte)Next(ref state);
    }

    public static bool Matches(long id, ReadOnlySpan<byte> block)
    {
        ulong state = (ulong)id;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(block);
        foreach (ulong word in words)
        {
            if (word != Next(ref state)) return false;
        }

        foreach (byte value in block[(words.Length * sizeof(ulong))..])
        {
            if (value != (byte)Next(ref state)) return false;
        }

        return true;
    }

    private static ulong Next(ref ulong state)
    {
        state += 0x9e3779b97f4a7c15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
