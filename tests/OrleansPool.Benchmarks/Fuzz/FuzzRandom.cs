namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): cheap to begin anew for every input, so that each has a seed of its own.</summary>
internal sealed class FuzzRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to one below the end.</summary>
    public int Below(int end) => (int)(Next() % (uint)end);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    public T Pick<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>Any number, and often one of those at which something ends.</summary>
    public ulong Number() => Below(4) switch
    {
        0 => Next(),
        1 => Pick<ulong>([0, 1, byte.MaxValue, ushort.MaxValue, int.MaxValue, uint.MaxValue, long.MaxValue, ulong.MaxValue]),
        _ => Next() % 1000,
    };

    public UInt128 Wide() => new(Next(), Next());

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count; at += sizeof(ulong))
        {
            ulong value = Next();
            for (int i = at; i < count && i < at + sizeof(ulong); i++, value >>= 8) bytes[i] = (byte)value;
        }

        return bytes;
    }
}
