import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { DataTable } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { Menu } from '@naru/ui/menu.tsx';
import { Meter, Progress } from '@naru/ui/meter.tsx';
import { Select } from '@naru/ui/select.tsx';
import { Skeleton, SkeletonRows } from '@naru/ui/skeleton.tsx';
import { Stat } from '@naru/ui/stat.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Tabs } from '@naru/ui/tabs.tsx';
import { TextArea, TextField } from '@naru/ui/text-field.tsx';
import { Timeline } from '@naru/ui/timeline.tsx';
import { showDone } from '@naru/ui/toast.tsx';
import { Checkbox, Switch } from '@naru/ui/toggle.tsx';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useTheme } from '../../app/preferences.ts';
import { formatMinute } from '../../format/time.ts';
import { defineTexts, useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { Page } from '../../primitives/page.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';

const LiveLine = lazy(async () => ({ default: (await import('@naru/ui/live-line.tsx')).LiveLine }));

const texts = defineTexts({
  ko: {
    title: '부품 모음',
    lead: '콘솔과 고객 화면이 함께 쓰는 부품이에요. 여기 있는 값은 모두 예시예요.',
    command: '명령 열어 보기',
  },
  en: {
    title: 'Catalogue',
    lead: 'The components that the console and the pages of customers share. All values here are samples.',
    command: 'Open a command',
  },
});

const tones = ['idle', 'info', 'good', 'warn', 'bad'] as const;
const SAMPLE_AT = '2026-03-04T05:06:07.000Z';
const SAMPLE_ADDRESS = '0x7099797051812DC3a010c7d01b50e0d17dc79c80';
const sampleTimes = Array.from({ length: 60 }, (_, index) => 1_772_600_000 + index * 5);
const sampleRows = Array.from({ length: 1_000 }, (_, index) => ({
  id: `wd_${String(index).padStart(4, '0')}`,
  amount: `${(index * 7919) % 100_000}.${String(index % 100).padStart(2, '0')}`,
}));

function Sample({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Card title={name}>
      <div className="flex flex-wrap items-start gap-3">{children}</div>
    </Card>
  );
}

/** Every component in its states, to look at in both themes and languages. */
export function CatalogueView() {
  const words = useTexts(texts);
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">
        <Signs />
        <Fields />
        <Figures />
        <Choices />
      </div>
      <TableSample />
    </Page>
  );
}

function Fields() {
  const [text, setText] = useState('');
  const [choice, setChoice] = useState<'a' | 'b'>('a');
  const [isOn, setOn] = useState(true);
  return (
    <Sample name="TextField · TextArea · Select · Checkbox · Switch">
      <TextField label="이름 · name" value={text} onChange={setText} hint="힌트 · hint" placeholder="…" />
      <TextField
        label="오류 · error"
        value="x"
        onChange={() => undefined}
        error="이렇게 고쳐 주세요 · mend it so"
      />
      <TextArea label="사유 · reason" value={text} onChange={setText} />
      <Select
        label="고르기 · choose"
        value={choice}
        onChange={setChoice}
        choices={[
          { value: 'a', label: '가 · A' },
          { value: 'b', label: '나 · B' },
        ]}
      />
      <Checkbox isSelected={isOn} onChange={setOn}>
        Checkbox
      </Checkbox>
      <Switch isSelected={isOn} onChange={setOn}>
        Switch
      </Switch>
    </Sample>
  );
}

function Signs() {
  return (
    <>
      <Sample name="Button">
        {(['primary', 'secondary', 'outline', 'ghost', 'danger-soft', 'danger'] as const).map((variant) => (
          <Button key={variant} variant={variant} onPress={() => showDone(variant)}>
            {variant}
          </Button>
        ))}
        <Button isDisabled>disabled</Button>
        <Button isPending>pending</Button>
      </Sample>
      <Sample name="StatusChip">
        {tones.map((tone) => (
          <StatusChip key={tone} tone={tone}>
            {tone}
          </StatusChip>
        ))}
      </Sample>
      <Sample name="Banner">
        {tones.map((tone) => (
          <div key={tone} className="w-full">
            <Banner tone={tone} title={`${tone}: 제목 · title`}>
              무엇이 문제이고 무엇을 하면 되는지 · what is the matter and what to do
            </Banner>
          </div>
        ))}
      </Sample>
    </>
  );
}

function Figures() {
  const theme = useTheme();
  return (
    <>
      <Sample name="Stat · Meter · Progress">
        <dl className="flex gap-8">
          <Stat label="초당 확정 · confirmed" value="1,234.5" note="p95 1.8 s" tone="good" />
          <Stat label="실패 · failed" value="3" tone="bad" />
        </dl>
        <div className="flex w-full flex-col gap-3">
          <Meter share={0.72} label="블록 사용량 · block fill" text="72%" />
          <Progress done={320} total={1_000} label="진행 · progress" text="320 / 1,000" />
        </div>
      </Sample>
      <Sample name="Amount · Time · ShortId · KeyValues">
        <KeyValues
          rows={[
            ['Amount', <Amount key="a" amount="1234567.000001" asset="USDC" krw="1703702460" />],
            ['Time', <Time key="t" at={SAMPLE_AT} isFocusable />],
            ['ShortId', <ShortId key="i" text={SAMPLE_ADDRESS} />],
          ]}
        />
      </Sample>
      <Sample name="LiveLine">
        <div className="w-full">
          <Suspense fallback={<Skeleton className="h-48 w-full" />}>
            <LiveLine
              times={sampleTimes}
              values={[
                sampleTimes.map((_, index) => 40 + 30 * Math.sin(index / 6)),
                sampleTimes.map((_, index) => 35 + 28 * Math.sin((index - 2) / 6)),
              ]}
              series={[
                { label: '요청 · submitted', token: '--accent' },
                { label: '확정 · confirmed', token: '--good-text' },
              ]}
              summary="sample"
              formatTime={(seconds) => formatMinute(seconds * 1_000)}
              formatValue={String}
              theme={theme}
            />
          </Suspense>
        </div>
      </Sample>
      <Sample name="Timeline">
        <Timeline
          label="sample"
          entries={tones.map((tone) => ({
            key: tone,
            tone,
            title: tone,
            time: <Time at={SAMPLE_AT} />,
            detail: 'detail',
          }))}
        />
      </Sample>
    </>
  );
}

function Choices() {
  const words = useTexts(texts);
  const [tab, setTab] = useState<'one' | 'two'>('one');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Sample name="Menu · Tabs · CommandDialog">
        <Menu
          label="menu"
          trigger={<Button>Menu</Button>}
          entries={[
            { id: 'a', label: '열기 · open' },
            { id: 'b', label: '지우기 · remove', isDanger: true },
            { id: 'c', label: '취소 · cancel', disabledBecause: '이미 보냈어요 · already sent' },
          ]}
          onChoose={showDone}
        />
        <Button variant="danger" onPress={() => setOpen(true)}>
          {words.command}
        </Button>
        <Tabs
          label="tabs"
          selected={tab}
          onSelect={setTab}
          tabs={[
            { id: 'one', label: '하나 · one', content: 'one' },
            { id: 'two', label: '둘 · two', content: 'two' },
          ]}
        />
      </Sample>
      <Sample name="EmptyState · Skeleton · JsonView">
        <div className="w-full">
          <EmptyState
            title="아직 없어요 · nothing yet"
            action={<Button variant="primary">첫 송금하기 · send</Button>}
          >
            무엇이 여기 생기는지 · what will stand here
          </EmptyState>
          <SkeletonRows rows={3} label="loading" />
          <JsonView label="json" value={{ id: 'wd_01', amount: '1.5' }} />
        </div>
      </Sample>
      <CommandDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="출금 취소하기 · cancel"
        consequence="보내기 전이라 취소하면 금액이 돌아와요 · it was not sent; the amount comes back"
        confirmLabel="출금 취소하기"
        tone="danger"
        reason="required"
        run={async () => undefined}
        doneText="취소했어요 · canceled"
      />
    </>
  );
}

function TableSample() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  return (
    <Card title="DataTable" isFlush>
      <DataTable
        label="sample"
        columns={[
          { id: 'id', header: 'ID', cell: (row) => row.id, isKey: true },
          {
            id: 'state',
            header: '상태 · state',
            cell: () => <StatusChip tone="good">CONFIRMED</StatusChip>,
          },
          { id: 'to', header: '받는 주소 · to', cell: () => <ShortId text={SAMPLE_ADDRESS} />, width: 14 },
          {
            id: 'amount',
            header: '금액 · amount',
            cell: (row) => <Amount amount={row.amount} asset="USDC" />,
            align: 'end',
            width: 12,
          },
        ]}
        rows={sampleRows}
        rowId={(row) => row.id}
        selection={{ selected, onChange: setSelected, labelOf: (id) => id, allLabel: 'all' }}
        maxHeight="20rem"
      />
    </Card>
  );
}
