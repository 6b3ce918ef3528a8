namespace OrleansPool.Core.Placement;

/// <summary>Words that look random and are the same everywhere: ties fall by them, never by the order in which things are listed.</summary>
internal static class PlacementHash
{
    private const ulong Golden = 0x9e3779b97f4a7c15;

    /// <summary>One word for one id; different ids have different words (SplitMix64's finalizer is a bijection).</summary>
    public static ulong Of(ulong id)
    {
        ulong z = id + Golden;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>A word for an ordered pair.</summary>
    public static ulong Of(ulong one, ulong two) => Of(Of(one) ^ (two * Golden));
}
