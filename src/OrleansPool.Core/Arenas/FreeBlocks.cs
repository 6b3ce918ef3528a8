using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansPool.Core.Arenas;

/// <summary>Who holds which block of a reservation: taking and returning without locks, from any thread.</summary>
/// <remarks>
/// <para>Every block has one word (<see cref="BlockWord"/>), and whoever moves it by compare-and-swap from free to taken holds the block: that
/// alone decides. Where to find free blocks is a matter of two kinds of container. A thread's <see cref="Magazine"/> serves the fast path
/// (one interlocked operation to take, one to return); the <see cref="SharedList"/> serves empty and full magazines, in batches. After
/// Bonwick and Adams, "Magazines and Vmem", 2001.</para>
/// <para>While every block comes back through the thread that took it, the fast path needs no interlocked operation at all: see
/// <see cref="ThreadBias"/>.</para>
/// <para>Stealing: a magazine's entries are hints, so a thread that finds nothing else takes a block out of another's magazine through the
/// block's word, without touching the magazine. The entry left behind has an old word and fails. So no block is lost to an idle or ended
/// thread. A block in the shared list is never taken that way (its phase is another): it is linked at most once.</para>
/// <para>Closing: set the flag, then retire every free block; a thread that returns a block first frees it, then reads the flag. Both are
/// full fences, so one of the two sees the other, and each block is retired exactly once.</para>
/// <para>Bounds: the shared list tries each step a fixed number of times. A push that fails them all leaves the blocks loose, to be found by a
/// look at every word. A thread that finds nothing although blocks are free (others are moving them) looks again, a fixed number of times.</para>
/// <para>The books are on the managed heap, not in the arena: a call that comes after the release reads the books of nobody else.
/// A struct, embedded in the reservation, to spare the fast path a dependent load; never copied.
/// Invariant while nobody calls: free + taken + retired = all, and every free block is in exactly one place:
/// free = shared + loose + entries of magazines - stolen entries.</para>
/// </remarks>
internal struct FreeBlocks
{
    private const int RoundCountMax = 4;
    private const int BlocksPerMagazineEntry = 16;

    private readonly BlockWords _words;
    private readonly Magazine[] _magazines;
    private readonly int _magazineCount;
    private readonly int _magazineCapacity;
    private readonly SharedList _shared;
    private readonly Action _drained;
    private int _sharedCount;
    private int _looseCount;
    private int _stolenCount; // entries of magazines whose block a thief has, and whose owner has not found out
    private int _retiredCount;
    private volatile bool _closed;
    private ThreadBias _bias;
    private readonly ulong _seed;

    /// <summary>Makes the books of blocks that are all free.</summary>
    /// <param name="blockCount">How many.</param>
    /// <param name="seed">Where generations begin; another one for every reservation fences the blocks of one from another.</param>
    /// <param name="drained">Called once, when it is closed and the last block is back.</param>
    public FreeBlocks(int blockCount, ulong seed, Action drained)
    {
        _seed = seed;
        _words = new BlockWords(blockCount, seed);
        _magazines = new Magazine[Math.Min(ThreadSlot.CountMax, blockCount)];
        _magazineCount = _magazines.Length;
        // Small reservations have small magazines, or one thread would hoard everything and the others would always steal.
        _magazineCapacity = Math.Clamp(blockCount / BlocksPerMagazineEntry, 1, Magazine.EntryCountMax);
        _shared = new SharedList(blockCount);
        _sharedCount = blockCount;
        _drained = drained;
    }

    /// <summary>How many blocks are free; exact while nobody takes or returns.</summary>
    public int FreeCount
    {
        get
        {
            if (_closed)
                return 0;
            int free = Volatile.Read(ref _sharedCount) + Volatile.Read(ref _looseCount) - Volatile.Read(ref _stolenCount);
            for (int i = 0; i < _magazines.Length; i++)
                free += Volatile.Read(ref _magazines[i].Count) + (Volatile.Read(ref _magazines[i].HotWord) != 0 ? 1 : 0);
            return Math.Clamp(free, 0, _words.Count);
        }
    }

    /// <summary>How many blocks were returned so far. Every word tells how often its block was, so that nothing is counted on the way.</summary>
    public readonly long ReturnCount
    {
        get
        {
            long count = 0;
            for (int i = 0; i < _words.Count; i++) count += BlockWord.ReturnCount(_words[i], _seed);
            return count;
        }
    }

    /// <summary>True from <see cref="Close"/> on.</summary>
    public bool IsClosed => _closed;

    /// <summary>True until the first use across threads.</summary>
    public readonly bool IsBiased => _bias.Holds;

    /// <summary>The blocks in no magazine.</summary>
    public readonly SharedList Shared => _shared;

    /// <summary>Who may use which block.</summary>
    public readonly BlockWords Words => _words;

    /// <summary>Takes a free block.</summary>
    /// <returns>The block, or default, which nobody ever holds, when none is free.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LocalBlock Take()
    {
        int slot = ThreadSlot.Current;
        if ((uint)slot < (uint)_magazineCount)
        {
            ref Magazine magazine = ref MagazineAt(slot);
            Volatile.Write(ref magazine.Busy, 1);
            if (_bias.Holds && magazine.HotWord != 0)
            {
                LocalBlock block = new(magazine.HotIndex, BlockWord.TakenBy(magazine.HotWord, slot));
                magazine.HotWord = 0;
                _words.Set(block.Index, block.Generation);
                Volatile.Write(ref magazine.Busy, 0);
                return block;
            }
            Volatile.Write(ref magazine.Busy, 0);
            ulong cached = magazine.HotWord;
            int index = magazine.HotIndex;
            if (cached != 0)
            {
                magazine.HotWord = 0;
                ulong taken = BlockWord.TakenBy(cached, slot);
                if (_words.TryMove(index, cached, taken))
                    return new LocalBlock(index, taken);
                Interlocked.Decrement(ref _stolenCount);
            }
        }
        return TakeSlowly();
    }

    /// <summary>Returns a block that is not pinned.</summary>
    /// <returns>False when the caller does not hold it, or it is pinned.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReturn(LocalBlock block)
    {
        int slot = ThreadSlot.Current; // looked up before the interlocked operation, which would make it wait
        if ((uint)slot < (uint)_magazineCount && slot == BlockWord.Taker(block.Generation))
        {
            ref Magazine magazine = ref MagazineAt(slot);
            Volatile.Write(ref magazine.Busy, 1);
            if (_bias.Holds && magazine.HotWord == 0 && _words.Is(block.Index, block.Generation))
            {
                ulong cached = BlockWord.NextCached(block.Generation);
                _words.Set(block.Index, cached);
                magazine.HotIndex = block.Index;
                magazine.HotWord = cached;
                Volatile.Write(ref magazine.Busy, 0);
                return true;
            }
            Volatile.Write(ref magazine.Busy, 0);
        }
        return TryReturnInterlocked(block, slot);
    }

    /// <summary>Frees a block that <see cref="BlockWords.TryBeginReturn"/> or <see cref="BlockWords.Unpin"/> left to the caller.</summary>
    public void FinishReturn(int index) => PlaceSlowly(index, _words.FinishReturn(index));

    /// <summary>From now on any thread may move the word of any block, all of them by interlocked operations.</summary>
    public void Share() => _bias.End(_magazines);

    /// <summary>Lets nothing be taken from now on; calls back once the last block is returned.</summary>
    public void Close()
    {
        _closed = true;
        Share();
        Interlocked.MemoryBarrier();
        for (int i = 0; i < _words.Count; i++)
            Retire(i);
    }

    /// <summary>The blocks that are not free now.</summary>
    public IEnumerable<int> TakenBlocks()
    {
        for (int i = 0; i < _words.Count; i++)
        {
            if (BlockWord.Phase(_words[i]) is BlockPhase.Taken or BlockPhase.Returning)
                yield return i;
        }
    }

    // The caller has checked the slot.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ref Magazine MagazineAt(int slot) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_magazines), (uint)slot);

    private bool TryReturnInterlocked(LocalBlock block, int slot)
    {
        if (slot < 0 || slot != BlockWord.Taker(block.Generation))
            Share();
        if (!_words.TryReturn(block.Index, block.Generation, out ulong cached))
            return false;
        if ((uint)slot < (uint)_magazineCount && !_closed)
        {
            ref Magazine magazine = ref MagazineAt(slot);
            if (magazine.HotWord == 0)
            {
                magazine.HotIndex = block.Index;
                magazine.HotWord = cached;
                return true;
            }
        }
        PlaceSlowly(block.Index, cached);
        return true;
    }

    private void Retire(int index)
    {
        if (_words.TryRetire(index) && Interlocked.Increment(ref _retiredCount) == _words.Count)
            _drained();
    }

    private LocalBlock TakeSlowly()
    {
        int slot = SlotOfThread();
        for (int round = 0; round < RoundCountMax && !_closed; round++)
        {
            if (TryTakeOwn(slot, out LocalBlock block) || TryTakeShared(slot, out block) || TrySteal(slot, out block) || TryTakeLoose(slot, out block))
                return block;
            if (FreeCount == 0)
                break;
        }
        return default;
    }

    // Leaves the magazine empty when it fails: its entries were stolen.
    private bool TryTakeOwn(int slot, out LocalBlock block)
    {
        while (slot >= 0 && _magazines[slot].TryPop(out int index, out ulong cached))
        {
            block = new LocalBlock(index, BlockWord.TakenBy(cached, slot));
            if (_words.TryMove(index, cached, block.Generation))
                return true;
            Interlocked.Decrement(ref _stolenCount);
        }
        block = default;
        return false;
    }

    // Half a magazine at once: a thread that then returns as much as it takes does not come here again.
    private bool TryTakeShared(int slot, out LocalBlock block)
    {
        Span<int> chain = stackalloc int[Magazine.EntryCountMax / 2];
        int wanted = slot < 0 ? 1 : Math.Max(1, _magazineCapacity / 2);
        int count = _shared.Pop(chain[..wanted]);
        if (count > 0)
            Interlocked.Add(ref _sharedCount, -count);
        bool taken = false;
        block = default;
        foreach (int index in chain[..count])
        {
            // Only closing moves the word of a block on its way out of the shared list.
            ulong shared = _words[index];
            if (BlockWord.Phase(shared) != BlockPhase.Shared)
                continue;
            if (!taken)
            {
                block = new LocalBlock(index, BlockWord.TakenBy(shared, TakerOf(slot)));
                taken = _words.TryMove(index, shared, block.Generation);
            }
            else if (_words.TryMove(index, shared, BlockWord.In(shared, BlockPhase.Cached)))
            {
                _magazines[slot].Push(index, BlockWord.In(shared, BlockPhase.Cached));
            }
        }
        return taken;
    }

    private unsafe bool TrySteal(int thief, out LocalBlock block)
    {
        block = default;
        if (!HasOthers(thief))
            return false;
        Share();
        for (int i = 1; i <= _magazines.Length; i++)
        {
            ref Magazine magazine = ref _magazines[(thief + i) % _magazines.Length];
            if (TryStealEntry(thief, Volatile.Read(ref magazine.HotIndex), Volatile.Read(ref magazine.HotWord), out block))
                return true;
            for (int at = Math.Min(Volatile.Read(ref magazine.Count), Magazine.EntryCountMax) - 1; at >= 0; at--)
            {
                if (TryStealEntry(thief, Volatile.Read(ref magazine.Indexes[at]), Volatile.Read(ref magazine.Words[at]), out block))
                    return true;
            }
        }
        block = default;
        return false;
    }

    // An entry that was read while its owner changed it may name any block with any word: the exchange decides.
    private bool TryStealEntry(int thief, int index, ulong cached, out LocalBlock block)
    {
        block = new LocalBlock(index, BlockWord.TakenBy(cached, TakerOf(thief)));
        if (BlockWord.Phase(cached) != BlockPhase.Cached || _words[index] != cached || !_words.TryMove(index, cached, block.Generation))
            return false;
        Interlocked.Increment(ref _stolenCount);
        return true;
    }

    // Whether another magazine seems to hold anything: a thread that has all the blocks itself must not end the bias by looking for more.
    private bool HasOthers(int slot)
    {
        for (int i = 0; i < _magazines.Length; i++)
        {
            if (i != slot && (Volatile.Read(ref _magazines[i].HotWord) != 0 || Volatile.Read(ref _magazines[i].Count) > 0))
                return true;
        }
        return false;
    }

    private bool TryTakeLoose(int slot, out LocalBlock block)
    {
        for (int index = 0; index < _words.Count && Volatile.Read(ref _looseCount) > 0; index++)
        {
            ulong loose = _words[index];
            block = new LocalBlock(index, BlockWord.TakenBy(loose, TakerOf(slot)));
            if (BlockWord.Phase(loose) == BlockPhase.Loose && _words.TryMove(index, loose, block.Generation))
            {
                Interlocked.Decrement(ref _looseCount);
                return true;
            }
        }
        block = default;
        return false;
    }

    private void PlaceSlowly(int index, ulong cached)
    {
        int slot = SlotOfThread();
        if (_closed)
        {
            Retire(index);
            return;
        }
        if (slot < 0)
        {
            if (_words.TryMove(index, cached, BlockWord.In(cached, BlockPhase.Shared)))
                PushShared([index]);
            else
                Interlocked.Decrement(ref _stolenCount); // by a thief that read a torn entry
            return;
        }
        ref Magazine magazine = ref _magazines[slot];
        if (magazine.Count >= _magazineCapacity)
            Flush(ref magazine);
        magazine.Push(index, cached);
    }

    // The older half: what was used last is warm in this processor's cache.
    private unsafe void Flush(ref Magazine magazine)
    {
        Span<int> chain = stackalloc int[Magazine.EntryCountMax];
        int dropped = Math.Max(1, _magazineCapacity / 2);
        int count = 0;
        for (int i = 0; i < dropped; i++)
        {
            // A block that was stolen meanwhile has another word, and is not ours to move.
            if (_words.TryMove(magazine.Indexes[i], magazine.Words[i], BlockWord.In(magazine.Words[i], BlockPhase.Shared)))
                chain[count++] = magazine.Indexes[i];
            else
                Interlocked.Decrement(ref _stolenCount);
        }
        magazine.DropOldest(dropped);
        if (count > 0)
            PushShared(chain[..count]);
    }

    private void PushShared(ReadOnlySpan<int> chain)
    {
        for (int i = 0; i + 1 < chain.Length; i++)
            _shared.Link(chain[i], chain[i + 1]);
        if (_shared.TryPush(chain[0], chain[^1]))
        {
            Interlocked.Add(ref _sharedCount, chain.Length);
            return;
        }
        foreach (int index in chain)
        {
            ulong shared = _words[index];
            Interlocked.Increment(ref _looseCount);
            if (BlockWord.Phase(shared) != BlockPhase.Shared || !_words.TryMove(index, shared, BlockWord.In(shared, BlockPhase.Loose)))
                Interlocked.Decrement(ref _looseCount);
        }
    }

    private static int TakerOf(int slot) => slot < 0 ? BlockWord.NoSlot : slot;

    private int SlotOfThread()
    {
        int slot = ThreadSlot.ClaimCurrent();
        return slot < _magazines.Length ? slot : -1;
    }

    /// <summary>Throws where an invariant does not hold. Call it while nobody takes or returns.</summary>
    public unsafe void CheckInvariants()
    {
        int[] places = new int[_words.Count];
        foreach (int index in _shared.Walk())
            places[index]++;
        for (int slot = 0; slot < _magazines.Length; slot++)
        {
            ref Magazine magazine = ref _magazines[slot];
            if (magazine.HotWord != 0 && _words[magazine.HotIndex] == magazine.HotWord)
                places[magazine.HotIndex]++;
            for (int i = 0; i < magazine.Count; i++)
            {
                if (_words[magazine.Indexes[i]] == magazine.Words[i])
                    places[magazine.Indexes[i]]++;
            }
        }
        int free = 0, loose = 0, retired = 0;
        for (int i = 0; i < _words.Count; i++)
        {
            BlockPhase phase = BlockWord.Phase(_words[i]);
            free += BlockWord.IsFree(_words[i]) ? 1 : 0;
            loose += phase == BlockPhase.Loose ? 1 : 0;
            retired += phase == BlockPhase.Retired ? 1 : 0;
            if (!_closed && places[i] != (phase is BlockPhase.Shared or BlockPhase.Cached ? 1 : 0))
                throw new ArenaFaultException($"Block {i} is {phase} and in {places[i]} places.");
        }
        if (free != FreeCount || (!_closed && loose != _looseCount) || retired != _retiredCount)
            throw new ArenaFaultException($"Free {free}, loose {loose}, retired {retired}; counted {FreeCount}, {_looseCount}, {_retiredCount}.");
    }
}
