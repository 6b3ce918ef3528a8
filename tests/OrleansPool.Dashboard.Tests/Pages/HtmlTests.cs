using OrleansPool.Dashboard.Pages;

namespace OrleansPool.Dashboard.Tests.Pages;

public sealed class HtmlTests
{
    [Fact]
    public void What_is_put_into_a_hole_is_text_whatever_it_contains() =>
        Assert.Equal("<b>&lt;script&gt;&quot;&#x27;&amp;</b>", Html.Of($"<b>{"<script>\"'&"}</b>").ToString());

    [Fact]
    public void Markup_put_into_markup_stays_markup() =>
        Assert.Equal("<ul><li>a</li><li>&lt;</li></ul>", Html.Of($"<ul>{Html.Each(["a", "<"], item => Html.Of($"<li>{item}</li>"))}</ul>").ToString());

    [Fact]
    public void Numbers_have_a_point() => Assert.Equal("12.35% 7", Html.Of($"{12.345}% {7}").ToString());
}
