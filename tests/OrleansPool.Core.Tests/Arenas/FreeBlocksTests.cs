using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CsCheck;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

public sealed class FreeBlocksTests
{
    [Fact]
    public void The_layout_is_as_designed()
    {
        Assert.Equal(Magazine.StrideBytes, Unsafe.SizeOf<Magazine>());
        // Two cache lines between what one thread writes and what its neighbour writes.
        long used = (long)Marshal.OffsetOf<Magazine>(nameof(Magazine.Indexes)) + Magazine.EntryCountMax * sizeof(int);
        long first = (long)Marshal.OffsetOf<Magazine>(nameof(Magazine.HotWord));
        Assert.InRange(Magazine.StrideBytes - used + first, 128, 512);
        Assert.Equal(16, Unsafe.SizeOf<LocalBlock>());
    }

    [Fact]
    public void A_word_packs_generation_pins_and_phase_without_overlap()
    {
        ulong cached = BlockWord.NextCached(BlockWord.First(ulong.MaxValue));
        Assert.Equal(1UL, cached); // the generation comes round, and touches nothing else
        ulong taken = BlockWord.In(cached, BlockPhase.Taken);
        Assert.True(BlockWord.IsHeld(taken));
        ulong pinned = taken + BlockWord.PinCountMax * BlockWord.OnePin;
        Assert.Equal(BlockWord.PinCountMax, BlockWord.PinCount(pinned));
        Assert.Equal(BlockPhase.Taken, BlockWord.Phase(pinned));
        Assert.Equal(taken, BlockWord.WithoutPins(pinned));
        Assert.False(BlockWord.IsHeld(pinned));
        Assert.Equal(BlockPhase.Cached, BlockWord.Phase(BlockWord.NextCached(pinned)));
        Assert.True(BlockWord.NextCached(taken) > taken);
    }

    [Fact]
    public void Blocks_that_the_shared_list_would_not_take_are_found_nevertheless()
    {
        const int BlockCount = 200;
        FreeBlocks blocks = new(BlockCount, seed: 0, drained: () => { });
        for (int round = 0; round < 3; round++)
        {
            blocks.Shared.AttemptCount = SharedList.AttemptCountDefault;
            List<LocalBlock> taken = TakeAll(ref blocks);
            Assert.Equal(BlockCount, taken.Count);
            Assert.Equal(0, blocks.FreeCount);
            blocks.Shared.AttemptCount = 0;
            taken.ForEach(block => Assert.True(blocks.TryReturn(block)));
            Assert.InRange(
                Enumerable.Range(0, BlockCount).Count(index => BlockWord.Phase(blocks.Words[index]) == BlockPhase.Loose), 1, BlockCount);
            Assert.Equal(BlockCount, blocks.FreeCount);
            blocks.CheckInvariants();
        }
    }

    private static List<LocalBlock> TakeAll(ref FreeBlocks blocks)
    {
        List<LocalBlock> taken = [];
        for (LocalBlock block = blocks.Take(); block != default; block = blocks.Take())
            taken.Add(block);
        return taken;
    }

    [Fact]
    public void A_list_under_contention_gives_up_after_its_attempts_and_the_blocks_are_found_nevertheless()
    {
        const int BlockCount = 64, ThreadCount = 4;
        FreeBlocks blocks = new(BlockCount, seed: 0, drained: () => { });
        blocks.Shared.AttemptCount = 1;
        int[] owners = new int[BlockCount];
        int clashes = 0;
        Thread[] threads = [.. Enumerable.Range(1, ThreadCount).Select(mark => new Thread(() =>
        {
            LocalBlock[] held = new LocalBlock[12];
            for (int i = 0; i < 20_000; i++)
            {
                int count = 0;
                while (count < held.Length && blocks.Take() is var block && block != default)
                {
                    held[count++] = block;
                    if (Interlocked.CompareExchange(ref owners[block.Index], mark, 0) != 0)
                        Interlocked.Increment(ref clashes);
                }
                while (count > 0)
                {
                    Volatile.Write(ref owners[held[--count].Index], 0);
                    if (!blocks.TryReturn(held[count]))
                        Interlocked.Increment(ref clashes);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, clashes);
        Assert.Equal(BlockCount, blocks.FreeCount);
        blocks.CheckInvariants();
        blocks.Shared.AttemptCount = SharedList.AttemptCountDefault;
        Assert.Equal(BlockCount, TakeAll(ref blocks).Count);
    }

    [Fact]
    public void The_slot_of_a_thread_that_ended_goes_to_another()
    {
        for (int i = 0; i < 3 * ThreadSlot.CountMax; i++)
        {
            int slot = -1;
            Thread thread = new(() => slot = ThreadSlot.ClaimCurrent());
            thread.Start();
            thread.Join();
            Assert.InRange(slot, 0, ThreadSlot.CountMax - 1);
        }
    }

    [Fact]
    public void More_threads_than_slots_work_without_magazines()
    {
        const int ThreadCount = ThreadSlot.CountMax + 20;
        FreeBlocks blocks = new(ThreadCount, seed: 12345, drained: () => { });
        using Barrier barrier = new(ThreadCount);
        int failures = 0;
        Thread[] threads = [.. Enumerable.Range(0, ThreadCount).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                barrier.SignalAndWait();
                LocalBlock block = blocks.Take();
                barrier.SignalAndWait();
                if (block == default || !blocks.TryReturn(block))
                    Interlocked.Increment(ref failures);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, failures);
        Assert.Equal(ThreadCount, blocks.FreeCount);
        blocks.CheckInvariants();
    }

    [Fact]
    public void What_threads_do_at_once_could_have_been_done_one_after_the_other() =>
        Gen.Const(0).Select(_ => new Model()).SampleParallel(
            Gen.Operation<Model>(model => model.Take()),
            Gen.Operation<Model>(model => model.ReturnOne()),
            equal: (left, right) => left.Blocks.FreeCount == right.Blocks.FreeCount && left.Held.Count == right.Held.Count,
            threads: 3,
            iter: 300);

    // More blocks than one sample takes: every order of operations then has one outcome, and a take that fails is a fault. What is held is a
    // stack because the model must be linearisable itself: a snapshot of keys, from which another thread takes the last, would find nothing
    // to return while something was held all the time.
    private sealed class Model
    {
        private const int BlockCount = 64;

        private readonly int[] _holders = new int[BlockCount];

        public FreeBlocks Blocks = new(BlockCount, seed: 0, drained: () => { });

        public ConcurrentStack<LocalBlock> Held { get; } = [];

        public void Take()
        {
            LocalBlock block = Blocks.Take();
            if (block == default || Interlocked.Increment(ref _holders[block.Index]) != 1)
                throw new InvalidOperationException($"{block} is not free.");
            Held.Push(block);
        }

        public void ReturnOne()
        {
            if (!Held.TryPop(out LocalBlock block))
                return;
            Interlocked.Decrement(ref _holders[block.Index]);
            if (!Blocks.TryReturn(block))
                throw new InvalidOperationException($"{block} is not taken.");
        }
    }
}
