namespace OrleansPool.Transport.Tests.Fakes;

/// <summary>Two threads meet, spinning, and go on within some nanoseconds of each other: closer than any lock would let them.</summary>
internal sealed class Meeting
{
    private readonly int[] _rounds = new int[64];

    /// <param name="party">0 or 1.</param>
    public void Wait(int party)
    {
        int round = Volatile.Read(ref _rounds[party * 32]) + 1;
        Volatile.Write(ref _rounds[party * 32], round);
        var spin = default(SpinWait);
        while (Volatile.Read(ref _rounds[(1 - party) * 32]) < round) spin.SpinOnce(sleep1Threshold: -1);
    }
}
