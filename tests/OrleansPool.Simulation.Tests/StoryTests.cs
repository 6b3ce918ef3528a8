using OrleansPool.Simulation.Stories;

namespace OrleansPool.Simulation.Tests;

/// <summary>Every story of the book goes as it is told.</summary>
public sealed class StoryTests
{
    public static TheoryData<string> Names => [.. StoryBook.Stories.Select(story => story.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_story_goes_as_it_is_told(string name) => StoryBook.Stories.Single(story => story.Name == name).Tell();

    [Fact]
    public void Every_class_of_the_book_tells_something()
    {
        IEnumerable<Type> tellers = typeof(StoryBook).Assembly.GetTypes().Where(type => type.Name.EndsWith("Stories", StringComparison.Ordinal));
        Assert.All(tellers, teller => Assert.Contains(StoryBook.Stories, story => story.Method.DeclaringType == teller));
        Assert.Equal(StoryBook.Stories.Count, StoryBook.Stories.Select(story => story.Name).Distinct().Count());
    }
}
