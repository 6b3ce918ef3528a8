using OrleansPool.Client.Ranges;
using OrleansPool.Client.Tests.Fakes;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Ranges;

/// <summary>The numbers of a session are what makes a retry safe: none twice, none too far ahead.</summary>
public sealed class ClientSessionTests
{
    private const int Window = RequestId.WindowCount;
    private readonly ClientSession _session = new(7);

    [Fact]
    public async Task Numbers_begin_at_one_and_name_the_lowest_that_is_unanswered()
    {
        Assert.Equal([new(7, 1, 1), new(7, 2, 1)], await Begin(2));
        RequestId[] second = await Begin(1);
        Assert.Equal(new RequestId(7, 3, 1), second[0]);
        _session.End([new(7, 1, 1)]);
        Assert.Equal([new(7, 4, 2)], await Begin(1));
    }

    [Fact]
    public async Task When_all_are_answered_the_lowest_is_the_next()
    {
        _session.End(await Begin(5));
        Assert.Equal([new(7, 6, 6)], await Begin(1));
    }

    [Fact]
    public async Task A_number_past_the_window_waits_for_the_lowest_to_be_answered()
    {
        RequestId[] full = await Begin(Window);
        Task<RequestId[]> next = Begin(1);
        _session.End(full[1..]);
        Assert.False(next.IsCompleted);

        _session.End(full[..1]);

        Assert.Equal([new(7, Window + 1, Window + 1)], await next.Soon());
    }

    [Fact]
    public async Task Whoever_waits_first_is_served_first_even_if_it_wants_more()
    {
        RequestId[] full = await Begin(Window);
        Task<RequestId[]> large = Begin(Window);
        Task<RequestId[]> small = Begin(1);
        _session.End(full[..(Window / 2)]);
        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted);

        _session.End(full[(Window / 2)..]);

        RequestId[] served = await large.Soon();
        Assert.Equal((ulong)Window + 1, served[0].Number);
        Assert.False(small.IsCompleted);
        _session.End(served);
        Assert.Equal(2 * (ulong)Window + 1, (await small.Soon())[0].Number);
    }

    [Fact]
    public async Task Who_stops_waiting_takes_no_number_and_holds_nobody_up()
    {
        RequestId[] full = await Begin(Window);
        using var cancelled = new CancellationTokenSource();
        Task<RequestId[]> first = _session.BeginAsync(3, cancelled.Token).AsTask();
        Task<RequestId[]> second = _session.BeginAsync(3, cancelled.Token).AsTask();
        Task<RequestId[]> third = Begin(1);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Soon());

        _session.End(full);

        Assert.Equal([new(7, Window + 1, Window + 1)], await third.Soon());
    }

    [Fact]
    public async Task More_than_the_window_at_once_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Begin(Window + 1));

    [Fact]
    public async Task Many_callers_get_every_number_once_and_never_run_past_the_window()
    {
        var taken = new System.Collections.Concurrent.ConcurrentBag<ulong>();
        var outstanding = new HashSet<ulong>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (int i = 0; i < 200; i++)
            {
                RequestId[] requests = await Begin(random.Next(1, Window + 1)).Soon();
                lock (outstanding)
                {
                    foreach (RequestId request in requests)
                    {
                        taken.Add(request.Number);
                        outstanding.Add(request.Number);
                    }

                    Assert.True(outstanding.Max() - outstanding.Min() < Window);
                    Assert.All(requests, request => Assert.True(request.LowestUnanswered <= outstanding.Min()));
                }

                await Task.Yield();
                lock (outstanding) outstanding.ExceptWith(requests.Select(request => request.Number));
                _session.End(requests);
            }
        })));

        Assert.Equal(Enumerable.Range(1, taken.Count).Select(number => (ulong)number), taken.Order());
    }

    private Task<RequestId[]> Begin(int count) => _session.BeginAsync(count, CancellationToken.None).AsTask();
}
