-- Fills Feed's database with stories as it stores them, after the model of one that came by the front door.
-- Variables: model, its id; of a page that shared.sql has made.
call bench.put_indexes_away();

insert into mt_doc_story
select its.* from bench.story s join mt_doc_story model on model.id = :'model',
  lateral (select jsonb_build_object(
    'keywords', s.keywords, 'language', s.language, 'category', s.category, 'publishedAt', s.at) as shared) one,
  lateral jsonb_populate_record(model, jsonb_build_object(
    'id', s.id, 'language', s.language, 'category', s.category, 'published_at', s.at, 'slug', s.slug, 'story_id', s.id,
    'data', model.data || shared || jsonb_build_object(
      'id', s.id, 'slug', s.slug, 'storyId', s.id,
      'body', '<p>' || s.one || '.</p><p>' || s.two || '.</p><p>' || s.three || '.</p>',
      'item', (model.data -> 'item') || shared || jsonb_build_object(
        'id', s.id, 'headline', s.headline, 'summary', s.summary, 'updatedAt', s.at,
        'url', '/' || s.language || '/' || s.category || '/' || s.slug)))) its
order by s.n;

insert into story_tag (tag, at, id, language, category)
select prefix || keyword, at, id, language, category
from bench.story, unnest(keywords) keyword, (values ('keyword:'), ('folded:keyword:')) form (prefix) order by 1, 2;
insert into tag_folding (tag, folded) select 'keyword:' || word, 'folded:keyword:' || word from bench.word on conflict do nothing;
insert into search_term (language, tag, typed)
select distinct language, 'keyword:' || keyword, ' ' || keyword from bench.story, unnest(keywords) keyword on conflict do nothing;
insert into story_month (month, changed_at) select date_trunc('month', at at time zone 'UTC')::date, now() from bench.story group by 1
on conflict (month) do update set changed_at = excluded.changed_at;
insert into story_related (id, others)
select id, array_remove(array[lag(id, 10) over byTime, lag(id, 20) over byTime, lag(id, 30) over byTime], null)
from bench.story window byTime as (order by n) on conflict do nothing;

create table if not exists bench.paragraph_words as
select n, language, to_tsvector(configuration, text) as words
from bench.paragraph,
  (values ('en', 'english'::regconfig), ('az', 'simple'), ('ru', 'russian'), ('tr', 'turkish')) of_language (language, configuration);
create unique index if not exists paragraph_words_n on bench.paragraph_words (language, n);
analyze bench.paragraph_words;

insert into story_text (id, language, at, typed, text, words, form)
select s.id, s.language, s.at, ' ' || s.headline, concat_ws(E'\n', s.summary, s.one || '.', s.two || '.', s.three || '.'),
  setweight(to_tsvector(configuration, s.headline), 'A') || setweight(to_tsvector(configuration, array_to_string(s.keywords, ' ')), 'B')
    || setweight(p0.words, 'C') || setweight(p1.words || p2.words || p3.words, 'D')
    || array_to_tsvector(array[
      'language ' || s.language, 'category ' || s.category, 'day ' || days, 'week ' || days / 7]
      || array(select form || keyword from unnest(s.keywords) keyword, (values ('tag keyword:'), ('tag folded:keyword:')) f (form))),
  model.form
from bench.story s cross join (select form from story_text where id = :'model') model
  join (values ('en', 'english'::regconfig), ('az', 'simple'), ('ru', 'russian'), ('tr', 'turkish')) c (language, configuration)
    using (language)
  join bench.paragraph_words p0 on p0.language = s.language and p0.n = n0
  join bench.paragraph_words p1 on p1.language = s.language and p1.n = n1
  join bench.paragraph_words p2 on p2.language = s.language and p2.n = n2
  join bench.paragraph_words p3 on p3.language = s.language and p3.n = n3,
  lateral (select (s.at at time zone 'UTC')::date - '1970-01-01'::date as days) published
order by s.n;

call bench.take_indexes_back();
vacuum analyze mt_doc_story, story_tag, story_text, story_related, search_term, tag_folding, story_month;
checkpoint;
