using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Tests.Frames;

/// <summary>Looking for bytes before one sleeps.</summary>
public sealed class AdaptiveSpinTests
{
    [Fact]
    public void What_does_not_pay_is_given_up_and_tried_again_now_and_then()
    {
        var spin = new AdaptiveSpin();
        for (int i = 0; i < AdaptiveSpin.CreditMax; i++)
        {
            Assert.True(spin.IsWorthIt());
            spin.Tell(hasPaid: false);
        }

        for (int round = 0; round < 3; round++)
        {
            for (int i = 1; i < AdaptiveSpin.WaitsBetweenTries; i++) Assert.False(spin.IsWorthIt());
            Assert.True(spin.IsWorthIt());
            spin.Tell(hasPaid: false);
        }
    }

    [Fact]
    public void What_pays_more_often_than_not_is_kept_up()
    {
        var spin = new AdaptiveSpin();
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(spin.IsWorthIt());
            spin.Tell(hasPaid: i % 5 < 3);
        }
    }

    [Fact]
    public void What_pays_again_is_taken_up_again()
    {
        var spin = new AdaptiveSpin();
        for (int i = 0; i < AdaptiveSpin.CreditMax; i++) spin.Tell(hasPaid: false);
        Assert.False(spin.IsWorthIt());
        spin.Tell(hasPaid: true);
        Assert.True(spin.IsWorthIt());
    }
}
