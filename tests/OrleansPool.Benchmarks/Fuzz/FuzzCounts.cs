using OrleansPool.Core.Wire;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>What became of the inputs.</summary>
internal sealed class FuzzCounts
{
    private readonly long[] _accepted = new long[byte.MaxValue + 1];
    private readonly long[] _refused = new long[byte.MaxValue + 1];
    private readonly long[] _statuses = new long[Enum.GetValues<FrameStatus>().Length];

    /// <summary>How many inputs were read.</summary>
    public long Inputs { get; set; }

    /// <summary>Bytes of all inputs.</summary>
    public long Bytes { get; set; }

    /// <summary>Most bytes that one frame made its decoder allocate.</summary>
    public long AllocatedMax { get; private set; }

    /// <summary>The same, as a multiple of the frame, among those of at least <see cref="RatioFrameBytesMin"/>.</summary>
    public double AllocatedRatioMax { get; private set; }

    /// <summary>The shortest frame that counts for the ratio: below, the objects for nothing at all decide.</summary>
    public const int RatioFrameBytesMin = 256;

    public long FramesAccepted => _accepted.Sum();

    public long FramesRefused => _refused.Sum();

    /// <summary>Frames of types that this version does not know.</summary>
    public long FramesUnknown => Enumerable.Range(0, _refused.Length).Where(type => !FrameTypes.IsKnown((FrameType)type)).Sum(type => _refused[type]);

    /// <summary>How often reading a header ended so.</summary>
    public long this[FrameStatus status] => _statuses[(int)status];

    public (long Accepted, long Refused) this[FrameType type] => (_accepted[(int)type], _refused[(int)type]);

    public void Count(FrameStatus status) => _statuses[(int)status]++;

    public void Count(FrameType type, bool isAccepted, int length, long allocated)
    {
        (isAccepted ? _accepted : _refused)[(int)type]++;
        AllocatedMax = Math.Max(AllocatedMax, allocated);
        if (length >= RatioFrameBytesMin) AllocatedRatioMax = Math.Max(AllocatedRatioMax, (double)allocated / length);
    }
}
