using CsCheck;
using OrleansPool.Simulation.Linearizability;

namespace OrleansPool.Simulation.Tests.Linearizability;

public sealed class LinearizedSetTests
{
    [Fact]
    public void It_is_a_set_and_equal_sets_alone_have_equal_keys() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[0, 200], Gen.Int[0, 10_000].Array[0, 300]).Sample(
            drawn =>
            {
                (int knownCount, int unknownCount, int[] toggles) = drawn;
                if (knownCount + unknownCount == 0) return;
                var set = new LinearizedSet(knownCount, unknownCount);
                HashSet<int> model = [];
                Dictionary<string, string> sets = [];
                foreach (int toggle in toggles)
                {
                    int operation = toggle % (knownCount + unknownCount);
                    Assert.Equal(model.Contains(operation), set.Contains(operation));
                    if (model.Remove(operation))
                    {
                        set.Remove(operation);
                    }
                    else
                    {
                        model.Add(operation);
                        set.Add(operation);
                    }

                    string content = string.Join(',', model.Order());
                    string key = string.Join(',', set.Key().ToArray());
                    Assert.Equal(content, sets.GetValueOrDefault(key, content));
                    sets[key] = content;
                    var fresh = new LinearizedSet(knownCount, unknownCount);
                    foreach (int one in model) fresh.Add(one);
                    Assert.Equal(key, string.Join(',', fresh.Key().ToArray()));
                }
            },
            iter: 200, threads: 1);

    [Fact]
    public void The_key_of_a_long_prefix_is_short()
    {
        var set = new LinearizedSet(100_000, 100);
        for (int operation = 0; operation < 99_000; operation++) set.Add(operation);
        set.Add(99_003);
        Assert.True(set.Key().Length <= 3);
    }
}
