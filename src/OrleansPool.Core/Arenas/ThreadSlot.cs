namespace OrleansPool.Core.Arenas;

/// <summary>A small number that a thread has for itself while it lives: the index of its magazine in every reservation.</summary>
/// <remarks>
/// Process-wide state, since threads are. The number of a thread that ended goes to the next thread that asks, which inherits what lies in the
/// magazines. While every number belongs to a living thread, further threads work without magazine and ask again now and then.
/// </remarks>
internal static class ThreadSlot
{
    /// <summary>How many threads can have a number at once.</summary>
    public const int CountMax = 64;

    // Asking looks at every owner: too slow for each call of a thread that gets nothing.
    private const int CallsBetweenClaims = 1024;

    private static readonly Thread?[] s_owners = new Thread?[CountMax];

    [ThreadStatic]
    private static int t_numberPlusOne;

    [ThreadStatic]
    private static int t_callsToNextClaim;

    /// <summary>The thread's number, or -1 while it has none.</summary>
    public static int Current => t_numberPlusOne - 1;

    /// <summary>The thread's number, claimed where it has none; -1 when every number belongs to a living thread.</summary>
    public static int ClaimCurrent()
    {
        if (t_numberPlusOne != 0 || t_callsToNextClaim-- > 0)
            return Current;
        for (int number = 0; number < CountMax; number++)
        {
            Thread? owner = Volatile.Read(ref s_owners[number]);
            if (owner is { IsAlive: true } || Interlocked.CompareExchange(ref s_owners[number], Thread.CurrentThread, owner) != owner)
                continue;
            t_numberPlusOne = number + 1;
            return number;
        }
        t_callsToNextClaim = CallsBetweenClaims;
        return -1;
    }
}
