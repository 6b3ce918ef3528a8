using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

public sealed class SharedListTests
{
    [Fact]
    public void Chains_come_out_as_they_went_in_last_first()
    {
        SharedList list = new(6);
        int[] chain = new int[4];
        Assert.Equal(4, list.Pop(chain));
        Assert.Equal([0, 1, 2, 3], chain);
        list.Link(2, 0);
        Assert.True(list.TryPush(2, 0));
        Assert.Equal([2, 0, 4, 5], list.Walk());
        Assert.Equal(4, list.Pop(chain));
        Assert.Equal(0, list.Pop(chain));
        Assert.True(list.TryPush(3, 3));
        Assert.Equal([3], list.Walk());
    }

    [Fact]
    public void Threads_that_pop_and_push_never_hold_the_same_block()
    {
        const int BlockCount = 16;
        SharedList list = new(BlockCount) { AttemptCount = int.MaxValue };
        int[] holders = new int[BlockCount];
        int clashes = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            int[] chain = new int[3];
            for (int i = 0; i < 50_000; i++)
            {
                int count = list.Pop(chain.AsSpan(0, 1 + (i + number) % 3));
                for (int k = 0; k < count; k++)
                {
                    if (Interlocked.Increment(ref holders[chain[k]]) != 1)
                        Interlocked.Increment(ref clashes);
                }
                for (int k = 0; k < count; k++)
                {
                    Interlocked.Decrement(ref holders[chain[k]]);
                    if (k + 1 < count)
                        list.Link(chain[k], chain[k + 1]);
                }
                if (count > 0)
                    list.TryPush(chain[0], chain[count - 1]);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, clashes);
        Assert.Equal(Enumerable.Range(0, BlockCount), list.Walk().Order());
    }
}
