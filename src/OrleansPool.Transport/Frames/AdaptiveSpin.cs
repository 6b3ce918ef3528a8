namespace OrleansPool.Transport.Frames;

/// <summary>
/// Whether it pays a thread to look again for a moment before it goes to sleep. To be woken costs some tens of microseconds, and whoever
/// wakes it pays as well, more so where the processor itself has gone to sleep: as long as bytes come sooner than that, looking is cheaper.
/// So it is done while it pays more often than not, and else tried now and then.
/// </summary>
/// <remarks>By one thread at a time.</remarks>
internal sealed class AdaptiveSpin
{
    /// <summary>How often in a row it may not pay before it is given up.</summary>
    public const int CreditMax = 8;

    /// <summary>How many times it is left out then before it is tried again.</summary>
    public const int WaitsBetweenTries = 64;

    private int _credit = CreditMax;
    private int _waitCount;

    /// <summary>Whether to look this time. Whoever does says what came of it.</summary>
    public bool IsWorthIt() => _credit > 0 || ++_waitCount % WaitsBetweenTries == 0;

    /// <summary>What came of it.</summary>
    /// <param name="hasPaid">Whether something came meanwhile.</param>
    public void Tell(bool hasPaid) => _credit = Math.Clamp(_credit + (hasPaid ? 1 : -1), 0, CreditMax);
}
