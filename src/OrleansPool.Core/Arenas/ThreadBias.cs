using System.Runtime.CompilerServices;

namespace OrleansPool.Core.Arenas;

/// <summary>Lets threads move the words of their own blocks by plain writes, for as long as no block is used across threads.</summary>
/// <remarks>
/// <para>While every block comes back through the thread that took it, nobody else can move the words of that thread's blocks, so it needs no
/// interlocked operation: it takes plain steps, between <see cref="Magazine.Busy"/> set and cleared. The first use across threads (another
/// thread returns, pins or steals a block, or closes) ends that for good, and from then on every move is interlocked.</para>
/// <para>A thread sets Busy and then reads <see cref="Holds"/>, without a fence between. Whoever ends the bias clears it and then puts a barrier
/// into every thread of the process. The barrier falls either before a thread's read, which sees the end, or after it, and then its Busy is seen
/// and waited for. After Dice, Huang and Yang, "Asymmetric Dekker Synchronization", 2001.</para>
/// <para>Thread-safe. Ending is the one system call, and the one wait for other threads, in the life of a reservation.</para>
/// </remarks>
internal struct ThreadBias
{
    private volatile bool _isEnding; // nobody begins a plain step any more
    private volatile bool _isOver;   // and nobody is in one

    /// <summary>True while plain steps may begin.</summary>
    public readonly bool Holds
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !_isEnding;
    }

    /// <summary>Ends the bias. Once it returns, nobody is in a plain step or will be.</summary>
    public void End(Magazine[] magazines)
    {
        if (_isOver)
            return;
        _isEnding = true;
        Interlocked.MemoryBarrierProcessWide();
        SpinWait spin = default;
        for (int i = 0; i < magazines.Length; i++)
        {
            while (Volatile.Read(ref magazines[i].Busy) != 0)
                spin.SpinOnce();
        }
        _isOver = true;
    }
}
