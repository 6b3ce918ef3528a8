using OrleansPool.Client.Ranges;
using OrleansPool.Client.Tests.Fakes;

namespace OrleansPool.Client.Tests.Ranges;

public sealed class SessionTableTests
{
    private static readonly NodeId Home = Nodes.Node(0);
    private readonly FakePath _path = new();

    [Fact]
    public async Task A_segment_has_one_session_and_each_segment_its_own()
    {
        var table = new SessionTable(_path);
        ClientSession first = await GetAsync(table, 1);

        Assert.Same(first, await GetAsync(table, 1));
        Assert.NotSame(first, await GetAsync(table, 2));
        Assert.NotSame(first, await table.GetAsync(Nodes.Node(1), new SegmentId(1), CancellationToken.None));
    }

    [Fact]
    public async Task A_dropped_session_is_opened_anew_and_dropping_it_again_leaves_the_new_one()
    {
        var table = new SessionTable(_path);
        ClientSession first = await GetAsync(table, 1);
        table.Drop(Home, new SegmentId(1), first);
        ClientSession second = await GetAsync(table, 1);
        Assert.NotEqual(first.Id, second.Id);

        table.Drop(Home, new SegmentId(1), first);

        Assert.Same(second, await GetAsync(table, 1));
    }

    [Fact]
    public async Task Two_that_open_at_once_share_one_session()
    {
        var answers = new TaskCompletionSource();
        ulong opened = 0;
        _path.OnOpenSession = async (_, _) =>
        {
            ulong id = Interlocked.Increment(ref opened);
            await answers.Task;
            return id;
        };
        var table = new SessionTable(_path);
        Task<ClientSession> one = GetAsync(table, 1).AsTask();
        Task<ClientSession> two = GetAsync(table, 1).AsTask();

        answers.SetResult();

        Assert.Same(await one, await two);
        Assert.Equal(1UL, opened);
    }

    [Fact]
    public async Task A_session_that_could_not_be_opened_is_tried_again()
    {
        ulong opened = 0;
        _path.OnOpenSession = (_, _) => opened++ switch
        {
            0 => throw new PoolUnavailableException("silent", TimeSpan.Zero),
            1 => Task.FromResult(0UL),
            _ => Task.FromResult(7UL),
        };
        var table = new SessionTable(_path);

        await Assert.ThrowsAsync<PoolUnavailableException>(async () => await GetAsync(table, 1));
        Assert.Equal(0UL, (await GetAsync(table, 1)).Id);
        Assert.Equal(7UL, (await GetAsync(table, 1)).Id);
        Assert.Equal(7UL, (await GetAsync(table, 1)).Id);
        Assert.Equal(3UL, opened);
    }

    [Fact]
    public async Task Who_stops_waiting_does_not_stop_the_opening_for_others()
    {
        var answer = new TaskCompletionSource<ulong>();
        _path.OnOpenSession = (_, _) => answer.Task;
        var table = new SessionTable(_path);
        using var stop = new CancellationTokenSource();
        Task<ClientSession> leaver = table.GetAsync(Home, new SegmentId(1), stop.Token).AsTask();
        Task<ClientSession> stayer = GetAsync(table, 1).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver.Soon());
        answer.SetResult(7);

        Assert.Equal(7UL, (await stayer.Soon()).Id);
    }

    [Fact]
    public async Task The_table_stays_within_its_bound()
    {
        var table = new SessionTable(_path);
        ClientSession first = await GetAsync(table, 0);
        for (ulong segment = 1; segment < SessionTable.SessionCountMax; segment++) await GetAsync(table, segment);
        Assert.Same(first, await GetAsync(table, 0));

        await GetAsync(table, SessionTable.SessionCountMax);

        Assert.NotSame(first, await GetAsync(table, 0));
    }

    private static ValueTask<ClientSession> GetAsync(SessionTable table, ulong segment) =>
        table.GetAsync(Home, new SegmentId(segment), CancellationToken.None);
}
