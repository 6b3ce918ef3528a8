using CsCheck;

namespace OrleansPool.Server.Tests.Faces;

/// <summary>A stream over fabric memory does what a memory stream does, whatever is done to it, wherever its bytes are.</summary>
[Collection(SharedCluster.Name)]
public sealed class StreamModelTests(SharedCluster shared)
{
    private const int SampleCount = 60;

    [Theory, FromEachFace]
    public async Task A_stream_over_a_lease_behaves_as_one_over_an_array(Face face)
    {
        const int length = 200_000;
        await using MemoryLease lease = await shared.Fabric.As(face).LeaseAsync(length);
        await StreamStep.Steps(length).SampleAsync(
            async steps =>
            {
                byte[] model = new byte[length];
                await lease.WriteAsync(0, model);
                await using (Stream actual = lease.AsStream())
                {
                    await CompareAsync(new MemoryStream(model), actual, steps.Where(step => step.Kind != StreamStep.Action.SetLength));
                }

                byte[] left = new byte[length];
                await lease.ReadAsync(0, left);
                Assert.True(model.AsSpan().SequenceEqual(left));
            },
            iter: SampleCount, threads: 1);
    }

    [Theory, FromEachFace]
    public async Task A_stream_over_a_region_behaves_as_one_over_memory_that_grows(Face face)
    {
        await using MemoryRegion region = await shared.Fabric.As(face).OpenRegionAsync("stream", 1);
        await StreamStep.Steps(50_000).SampleAsync(
            async steps =>
            {
                await region.ResizeAsync(1);
                await region.WriteAsync(0, new byte[1]);
                var model = new MemoryStream();
                model.WriteByte(0);
                model.Position = 0;
                await using (Stream actual = region.AsStream()) await CompareAsync(model, actual, steps);

                byte[] left = new byte[region.Length];
                await region.ReadAsync(0, left);
                Assert.True(model.ToArray().AsSpan().SequenceEqual(left));
            },
            iter: SampleCount, threads: 1);
        Assert.True(await shared.Fabric.Client.DeleteRegionAsync("stream"));
    }

    private static async Task CompareAsync(Stream model, Stream actual, IEnumerable<StreamStep> steps)
    {
        foreach (StreamStep step in steps) Assert.Equal((step, await step.RunAsync(model)), (step, await step.RunAsync(actual)));
    }
}
