-- What both databases are filled from: stories by their numbers, the same ones in each, over twenty years. Their words are drawn as those
-- of a language are: the most frequent one twice as often as the second, three times as often as the third, and so on.
-- Variables: first and last, the numbers of the stories; all, how many there will be.
set client_min_messages = warning;
set maintenance_work_mem = '1GB';
set synchronous_commit = off;
create schema if not exists bench;

create table if not exists bench.word as
select n, coalesce(
  (string_to_array('harbour council vote bridge river school market minister train storm museum library budget tram', ' '))[n],
  (select string_agg(
      substr('bcdfghklmnprstvz', 1 + (n * 7919 + k * 104729 + (n >> (3 * k)) * 31) % 16, 1)
        || substr('aeiou', 1 + (n * 31 + k * 17 + n / (5 ^ k)::int) % 5, 1), '' order by k)
    from generate_series(0, 2 + n % 2) k)) as word
from generate_series(1, 30000) n;
create unique index if not exists word_n on bench.word (n);
analyze bench.word;

create table if not exists bench.paragraph as
with drawn as materialized (
  select n, k, floor(exp(((hashint8(n * 100 + k) & 1048575) / 1048576.0) * ln(30000)))::int as number
  from generate_series(0, 16383) n, generate_series(1, 40) k)
select drawn.n, string_agg(word, ' ' order by k) as text from drawn join bench.word on word.n = number group by drawn.n;
create unique index if not exists paragraph_n on bench.paragraph (n);
analyze bench.paragraph;

drop table if exists bench.story;
create unlogged table bench.story as
select s.n, md5('story ' || s.n)::uuid as id, language, category, at, keywords, p0.text as summary, p1.text as one, p2.text as two,
  p3.text as three, p0.n as n0, p1.n as n1, p2.n as n2, p3.n as n3, substr(p1.text, 1, 40) || ' ' || s.n as headline,
  replace(substr(p1.text, 1, 40), ' ', '-') || '-' || s.n as slug
from (
    select n, (array['en', 'az', 'en', 'ru', 'en', 'az', 'tr', 'en', 'az', 'ru'])[1 + n % 10] as language,
      (array['general', 'politics', 'world', 'economy', 'society', 'sport', 'culture', 'science', 'technology', 'analysis'])
        [1 + n / 10 % 10] as category,
      date_trunc('second', now() - interval '1 day') - interval '20 years' * ((:all - n) / (:all)::float8) as at
    from generate_series(:first, :last) n) s
  join bench.paragraph p0 on p0.n = hashint8(s.n * 4) & 16383
  join bench.paragraph p1 on p1.n = hashint8(s.n * 4 + 1) & 16383
  join bench.paragraph p2 on p2.n = hashint8(s.n * 4 + 2) & 16383
  join bench.paragraph p3 on p3.n = hashint8(s.n * 4 + 3) & 16383,
  lateral (
    select array_agg(distinct word) as keywords from bench.word
    where word.n = any(array[
      floor(exp(((hashint8(s.n * 4 + 1) & 1048575) / 1048576.0) * ln(30000)))::int,
      floor(exp(((hashint8(s.n * 4 + 2) & 1048575) / 1048576.0) * ln(30000)))::int])) tagged;
create unique index on bench.story (id);
analyze bench.story;

-- Indexes are made anew behind the rows, which takes a fraction of the time.
create or replace procedure bench.put_indexes_away() language plpgsql as $$
declare its record;
begin
  create table if not exists bench.index_put_away (definition text);
  for its in
    select i.indexrelid::regclass as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and c.relname = any(array[
        'mt_doc_story', 'story_text', 'story_tag', 'mt_events', 'mt_doc_desk_item', 'mt_doc_slug'])
      and not exists (select from pg_constraint where conindid = i.indexrelid)
  loop
    insert into bench.index_put_away values (its.definition);
    execute format('drop index %s', its.name);
  end loop;
end $$;

create or replace procedure bench.take_indexes_back() language plpgsql as $$
declare its record;
begin
  for its in select definition from bench.index_put_away loop
    execute its.definition;
  end loop;
  drop table bench.index_put_away;
end $$;
