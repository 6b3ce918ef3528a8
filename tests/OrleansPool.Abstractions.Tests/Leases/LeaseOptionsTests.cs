namespace OrleansPool.Abstractions.Tests.Leases;

/// <summary>What an application gets when it says nothing is part of the contract.</summary>
public sealed class LeaseOptionsTests
{
    [Fact]
    public void A_lease_lives_thirty_seconds_and_may_come_from_any_node_unless_told_otherwise()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), LeaseOptions.Default.Duration);
        Assert.Equal(LeaseFallback.OtherNodes, LeaseOptions.Default.Fallback);
        Assert.Equal("", LeaseOptions.Default.Owner);
    }

    [Fact]
    public void The_limits_of_a_lease_are_on_record()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(100), LeaseOptions.DurationMin);
        Assert.Equal(TimeSpan.FromDays(7), LeaseOptions.DurationMax);
        Assert.Equal(128, LeaseOptions.OwnerLengthMax);
        Assert.Equal(4096, LeaseToken.ExtentCountMax);
    }

    [Fact]
    public void Regions_come_from_the_default_pool_and_reservations_in_pages()
    {
        Assert.Equal(PoolNames.Default, RegionOptions.Default.Pool);
        Assert.Equal(4096, new ReservationOptions().BlockBytes);
        Assert.Equal("", new ReservationOptions().Owner);
    }
}
