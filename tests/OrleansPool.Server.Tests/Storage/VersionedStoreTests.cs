using OrleansPool.Server.Regions;
using OrleansPool.Server.Storage;

namespace OrleansPool.Server.Tests.Storage;

/// <summary>A page table's write ends as written or as not written, whatever storage does with it.</summary>
public sealed class VersionedStoreTests
{
    private readonly StateRecord<RegionState> _record = new();

    [Theory]
    [InlineData(new[] { WriteFate.Answered })]
    [InlineData(new[] { WriteFate.AnswerLost })]
    [InlineData(new[] { WriteFate.Dropped, WriteFate.Answered })]
    [InlineData(new[] { WriteFate.Dropped, WriteFate.AnswerLost })]
    [InlineData(new[] { WriteFate.Late, WriteFate.Answered })]
    [InlineData(new[] { WriteFate.Late, WriteFate.OvertakenByEarlier })]
    [InlineData(new[] { WriteFate.Late, WriteFate.Dropped, WriteFate.Late, WriteFate.OvertakenByEarlier })]
    [InlineData(new[] { WriteFate.Dropped, WriteFate.Dropped, WriteFate.Dropped, WriteFate.Dropped, WriteFate.Dropped, WriteFate.Answered })]
    public async Task A_write_that_ends_well_is_in_storage_and_no_late_one_undoes_it(WriteFate[] fates)
    {
        var storage = new UnreliableState<RegionState>(_record);
        var store = Store(storage);
        storage.Plan(fates);

        await store.WriteAsync(Length(store, 111));

        Assert.Equal(111, _record.State.Length);
        await store.WriteAsync(Length(store, 222));
        storage.Deliver();
        Assert.Equal((222, 222), (_record.State.Length, store.Current.Length));
        Assert.True(_record.State.Version >= 2);
    }

    [Fact]
    public async Task Of_two_activations_one_writes_and_the_other_hears_that_nothing_of_its_change_was_kept()
    {
        var first = Store(new UnreliableState<RegionState>(_record));
        var second = Store(new UnreliableState<RegionState>(_record));
        await first.WriteAsync(Length(first, 1));

        var error = await Assert.ThrowsAsync<PoolUnavailableException>(() => second.WriteAsync(Length(second, 2)));

        Assert.Contains("nothing of this change was kept", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (_record.State.Length, second.Current.Length));
        await second.WriteAsync(Length(second, 3));
        Assert.Equal(3, _record.State.Length);
    }

    [Fact]
    public async Task An_overtaken_write_whose_answer_was_lost_is_not_taken_for_its_own()
    {
        var slow = new UnreliableState<RegionState>(_record);
        var first = Store(slow);
        var second = Store(new UnreliableState<RegionState>(_record));
        slow.Plan(WriteFate.Late);

        // The second activation writes while the first one's write is on its way.
        await second.WriteAsync(Length(second, 2));

        await Assert.ThrowsAsync<PoolUnavailableException>(() => first.WriteAsync(Length(first, 1)));
        slow.Deliver();
        Assert.Equal(2, _record.State.Length);
    }

    [Fact]
    public async Task Storage_that_stays_away_makes_the_region_unavailable()
    {
        var storage = new UnreliableState<RegionState>(_record);
        storage.Plan([.. Enumerable.Repeat(WriteFate.Dropped, 100)]);
        var store = Store(storage);

        var error = await Assert.ThrowsAsync<PoolUnavailableException>(() => store.WriteAsync(Length(store, 1)));

        Assert.Contains("not known", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _record.State.Version);
    }

    private static VersionedStore<RegionState> Store(UnreliableState<RegionState> storage) => new(storage, "page table");

    private static RegionState Length(VersionedStore<RegionState> store, long bytes)
    {
        RegionState next = store.Current.Next();
        next.Length = bytes;
        return next;
    }
}
