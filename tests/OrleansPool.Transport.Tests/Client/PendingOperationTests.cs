using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Client;

public sealed class PendingOperationTests
{
    [Fact]
    public async Task An_answer_and_a_cancellation_at_the_same_moment_never_both_win()
    {
        await using var plane = new Plane(NetworkKind.Twin);
        var operation = new PendingOperation(await plane.ConnectAsync(), slot: 0);
        var given = new OperationCanceledException();
        var meeting = new Meeting();
        var random = new Random(1);
        const int RoundCount = 50_000;
        int neitherCount = 0;
        int bothCount = 0;
        Thread other = new(GiveUp);
        other.Start();
        for (int i = 0; i < RoundCount; i++)
        {
            operation.Begin(FrameType.ReadReply, default, CancellationToken.None);
            var result = new ValueTask<BlockReadReply>(operation, operation.Version);
            int delay = random.Next(40);
            meeting.Wait(0);
            Thread.SpinWait(delay);
            bool isFilled = operation.TryFill(operation.Round);
            meeting.Wait(0);
            bool isGivenUp = result.IsCompleted;
            if (isFilled && isGivenUp) bothCount++;
            if (!isFilled && !isGivenUp) neitherCount++;
        }

        other.Join();
        Assert.Equal((0, 0), (bothCount, neitherCount));

        void GiveUp()
        {
            var random = new Random(2);
            for (int i = 0; i < RoundCount; i++)
            {
                int delay = random.Next(40);
                meeting.Wait(1);
                Thread.SpinWait(delay);
                operation.GiveUp(operation.Round, given);
                meeting.Wait(1);
            }
        }
    }
}
